// Work under a journal: what ends it before its end is told together with the transfer that can go on.
import { FileChanged } from '#client/send/file-fault.ts'
import type { TransferId } from '#domain/values.ts'
import type { Context } from '../context.ts'
import { CommandFailed, exitCodes } from '../terminal/exit-codes.ts'
import { createJournals, type Journals } from './journals.ts'

export class BrokeOff extends Error {
  override readonly name = 'BrokeOff'
  readonly transfer: TransferId

  constructor({ transfer, cause }: { readonly transfer: TransferId; readonly cause: unknown }) {
    super(`transfer ${transfer} broke off`, { cause })
    this.transfer = transfer
  }
}

/** Of a file that is not where it was when the transfer was begun. */
export class FileGone extends CommandFailed {}

/** Of a transfer that can only be given up, or wait for a file to be what it was. Nothing says that it goes on. */
export class CannotGoOn extends CommandFailed {}

export function cannotGoOn(of: {
  readonly transfer: TransferId
  readonly code: string
  readonly message: string
}): CannotGoOn {
  const again = `Give this transfer up and send again: safehand abandon ${of.transfer}`
  return new CannotGoOn({ exit: exitCodes.usage, code: of.code, message: `${of.message} ${again}` })
}

/** Throws BrokeOff when a transfer was begun, or taken up, and has not ended. */
export async function underJournal<T>({ home }: Context, work: (journals: Journals) => Promise<T>): Promise<T> {
  await using journals = createJournals(home)
  try {
    return await work(journals)
  } catch (cause) {
    const [transfer] = journals.open
    if (transfer === undefined || cause instanceof CannotGoOn) throw cause
    if (!(cause instanceof FileChanged)) throw new BrokeOff({ transfer, cause })
    const message = `${cause.file} is not what it was when this transfer was begun.`
    throw cannotGoOn({ transfer, code: 'FILE_CHANGED', message })
  }
}
