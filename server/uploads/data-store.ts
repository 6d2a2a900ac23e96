// tus's DataStore over our object store and PostgreSQL (DESIGN 4.3): only whole 8 MiB parts and the last one count. Each
// is walked for its framing and hashed as it passes, made durable, and then has its row; the offset that a client is
// told is the end of the last such row. A body that is not ours is refused before its part is stored. There is no read.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { DataStore, ERRORS, Upload as TusUpload } from '@tus/server'
import type { Refusal } from '#domain/decision.ts'
import { partSize } from '#domain/transfers/dispatch-note.ts'
import type { Sha256Hex } from '#domain/values.ts'
import { BodyWalker, type WalkerState } from '#openpgp/body-walker.ts'
import { bodyDigest } from '#openpgp/digests.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import type { Outcome } from '#store/commit.ts'
import type { Database } from '#store/database.ts'
import { addPart, beginUpload, findUpload, listParts, type Upload, type UploadPart } from '#store/uploads.ts'
import { PartBuffers } from './part-buffers.ts'
import { readUploadId, uploadId } from './upload-id.ts'

/** The bytes are not what may be uploaded here. */
export class UploadRefused extends Error {
  override readonly name = 'UploadRefused'
  readonly upload: Upload
  readonly refusal: Refusal
  /** Whether a decision wrote its entry already. */
  readonly logged: boolean

  constructor(upload: Upload, refusal: Refusal, { logged = false }: { readonly logged?: boolean } = {}) {
    super(refusal.code)
    this.upload = upload
    this.refusal = refusal
    this.logged = logged
  }
}

export interface PartStoreOptions {
  readonly database: Database
  readonly objects: ObjectStore
  /** Commits `file.uploaded`: the compare-and-set that makes an upload finished. */
  readonly finish: (upload: Upload, bodyDigest: Sha256Hex) => Promise<Outcome<null>>
}

export class PartStore extends DataStore {
  override extensions = ['creation', 'termination']
  readonly #options: PartStoreOptions
  readonly #buffers = new PartBuffers()

  constructor(options: PartStoreOptions) {
    super()
    this.#options = options
  }

  /** Begins, or begins again: the parts of an earlier attempt belong to another body. */
  override async create(file: TusUpload): Promise<TusUpload> {
    const { database, objects } = this.#options
    const upload = await this.#open(file.id)
    if (file.size !== upload.length) throw new UploadRefused(upload, { code: 'ENVELOPE_MALFORMED' })
    await this.#abort(upload)
    const objectUpload = await objects.begin(upload.objectKey)
    await beginUpload(database, { ...upload, objectUpload })
    return file
  }

  override async remove(id: string): Promise<void> {
    const upload = await this.#open(id)
    await this.#abort(upload)
    await beginUpload(this.#options.database, { ...upload, objectUpload: null })
  }

  override async getUpload(id: string): Promise<TusUpload> {
    const upload = await this.#find(id)
    const offset = upload.finishedAt ? upload.length : lengthOf(await listParts(this.#options.database, upload))
    return new TusUpload({ id: uploadId(upload), size: upload.length, offset, metadata: { file: upload.file } })
  }

  /** Gives the end of the last durable part; what came after it is sent again by the client. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const upload = await this.#open(id)
    const parts = [...(await listParts(this.#options.database, upload))]
    if (offset !== lengthOf(parts)) throw ERRORS.INVALID_OFFSET
    const state = (parts.at(-1)?.framing ?? null) as WalkerState | null
    const walker = new BodyWalker({ length: upload.length, state })
    const buffers = this.#buffers
    try {
      for await (const part of wholeParts(stream, { walker, buffers, left: upload.length - offset })) {
        parts.push(await this.#keep(upload, { ...part, walker, number: parts.length + 1 }))
      }
      if (lengthOf(parts) === upload.length) await this.#complete(upload, { parts, walker })
    } catch (error) {
      throw error instanceof EnvelopeError ? await this.#refuse(upload, error) : error
    }
    return lengthOf(parts)
  }

  async #keep(
    upload: Upload,
    { bytes, sha256, walker, number }: Part & { readonly walker: BodyWalker; readonly number: number },
  ): Promise<UploadPart> {
    const { database, objects } = this.#options
    const { objectKey: key, objectUpload } = upload
    if (objectUpload === null) throw ERRORS.FILE_NOT_FOUND
    const last = walker.state().received === upload.length
    if (last) walker.finish()
    const tag = await objects.putPart({ key, uploadId: objectUpload, number, bytes })
    const part = { number, length: bytes.length, sha256, tag, framing: walker.state() }
    await addPart(database, { ...upload, part })
    return part
  }

  async #complete(
    upload: Upload,
    { parts, walker }: { readonly parts: readonly UploadPart[]; readonly walker: BodyWalker },
  ): Promise<void> {
    const { objects, finish } = this.#options
    const { objectKey: key, objectUpload } = upload
    if (objectUpload === null) throw ERRORS.FILE_NOT_FOUND
    walker.finish()
    const digests = parts.map((part) => part.sha256.toHex())
    const digest = await bodyDigest({ length: upload.length, partSize, parts: digests })
    // Complete already: the server ended between the object and its entry, and the last request came again.
    if ((await objects.size(key)) === undefined) await objects.complete({ key, uploadId: objectUpload, parts })
    const outcome = await finish(upload, digest as Sha256Hex)
    if (!outcome.ok) throw new UploadRefused(upload, outcome.refusal, { logged: true })
  }

  /** What was sent is no body: nothing of it stays. */
  async #refuse(upload: Upload, error: EnvelopeError): Promise<UploadRefused> {
    await this.#abort(upload)
    await beginUpload(this.#options.database, { ...upload, objectUpload: null })
    const code = error.code === 'NOT_ENCRYPTED' ? 'NOT_ENCRYPTED_TO_RECIPIENTS' : 'ENVELOPE_MALFORMED'
    return new UploadRefused(upload, { code, detail: { reason: error.detail } })
  }

  async #abort({ objectKey: key, objectUpload }: Upload): Promise<void> {
    if (objectUpload !== null) await this.#options.objects.abort({ key, uploadId: objectUpload })
  }

  async #find(id: string): Promise<Upload> {
    const key = readUploadId(id)
    const upload = key && (await findUpload(this.#options.database, key))
    if (!upload) throw ERRORS.FILE_NOT_FOUND
    return upload
  }

  async #open(id: string): Promise<Upload> {
    const upload = await this.#find(id)
    if (upload.finishedAt !== null) throw new UploadRefused(upload, { code: 'UPLOAD_REFUSED' })
    return upload
  }
}

function lengthOf(parts: readonly UploadPart[]): number {
  return parts.reduce((total, { length }) => total + length, 0)
}

interface Part {
  /** A view of a buffer that the next part overwrites. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly sha256: Uint8Array<ArrayBuffer>
}

interface Cutting {
  readonly walker: BodyWalker
  readonly buffers: PartBuffers
  readonly left: number
}

/**
 * Cuts a request's body into parts; one part is held at a time, from its first octet on. Each piece is walked and hashed
 * as it comes, so that plaintext is refused at its first octets and the digest is there with the last ones. What does
 * not fill a part before the request ends is dropped, unless it ends the body.
 */
async function* wholeParts(
  stream: AsyncIterable<Uint8Array>,
  { walker, buffers, left }: Cutting,
): AsyncGenerator<Part> {
  let part: Uint8Array<ArrayBuffer> | null = null
  let hash = createHash('sha256')
  let filled = 0
  let remaining = left
  let refused: unknown
  try {
    for await (const piece of stream) {
      // A client hears an answer only once it has sent what it was sending: the rest is read and thrown away.
      if (refused !== undefined) continue
      let rest = piece
      while (rest.length > 0) {
        part ??= buffers.take()
        const size = Math.min(partSize, remaining)
        const fits: Uint8Array = rest.subarray(0, size - filled)
        refused = refusalOf(walker, fits)
        if (refused !== undefined) break
        hash.update(fits)
        part.set(fits, filled)
        filled += fits.length
        rest = rest.subarray(fits.length)
        if (filled < size) continue
        yield { bytes: part.subarray(0, size), sha256: Uint8Array.from(hash.digest()) }
        remaining -= size
        filled = 0
        hash = createHash('sha256')
      }
    }
  } finally {
    if (part !== null) buffers.give(part)
  }
  if (refused !== undefined) throw refused
}

function refusalOf(walker: BodyWalker, piece: Uint8Array): unknown {
  try {
    walker.push(piece)
    return undefined
  } catch (error) {
    return error
  }
}
