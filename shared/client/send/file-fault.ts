// What is wrong with a file that is being sent. It is the file's own fault: never the network's, so that nothing asks again,
// and never the service's, so that nobody is accused.
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import type { OutgoingFile } from './sending.ts'

/** No longer what the transfer under way was begun with: only a new transfer can tell of it. */
export class FileChanged extends Error {
  override readonly name = 'FileChanged'
  readonly file: string

  constructor(file: string) {
    super(`${file} is another than when it was sent`)
    this.file = file
  }
}

/** It was there, and cannot be read to its end any more. */
export class FileUnreadable extends Error {
  override readonly name = 'FileUnreadable'
  readonly file: string

  constructor({ file, cause }: { readonly file: string; readonly cause: unknown }) {
    super(`${file} cannot be read`, { cause })
    this.file = file
  }
}

/** Throws FileUnreadable, or EnvelopeError SOURCE_CHANGED where the file itself notices that it changed. */
export async function* readFile({ name: file, open }: OutgoingFile): AsyncGenerator<Uint8Array> {
  try {
    yield* open()
  } catch (cause) {
    throw cause instanceof EnvelopeError ? cause : new FileUnreadable({ file, cause })
  }
}

export function isChanged(error: unknown): boolean {
  return error instanceof EnvelopeError && error.code === 'SOURCE_CHANGED'
}
