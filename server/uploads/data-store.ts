// tus's DataStore over our object store and PostgreSQL (DESIGN 4.3): only whole 8 MiB parts and the last one count. Each
// is walked for its framing and hashed as it passes, made durable, and then has its row; the offset that a client is
// told is the end of the last such row. A body that is not ours is refused before its part counts. There is no read.
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
import { ArrivingBody, PartCutShort } from './arriving-body.ts'
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
    const parts = upload.finishedAt ? null : await listParts(this.#options.database, upload)
    const offset = parts === null ? upload.length : lengthOf(parts)
    // The server ended between the last part and the end of the upload. A client has nothing left to send, so that
    // asking is what ends it: whoever is told that all is there may go on. (tus asks under the upload's lease.)
    if (parts && offset === upload.length) await this.#complete(upload, { parts, walker: walkerAfter(upload, parts) })
    return new TusUpload({ id: uploadId(upload), size: upload.length, offset, metadata: { file: upload.file } })
  }

  /** Gives the end of the last durable part; what came after it is sent again by the client. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const upload = await this.#open(id)
    const parts = [...(await listParts(this.#options.database, upload))]
    if (offset !== lengthOf(parts)) throw ERRORS.INVALID_OFFSET
    const walker = walkerAfter(upload, parts)
    const body = new ArrivingBody({ stream, walker })
    try {
      while (lengthOf(parts) < upload.length && (await body.hasMore())) {
        parts.push(await this.#keep(upload, { body, walker, number: parts.length + 1 }))
      }
      if (lengthOf(parts) === upload.length) await this.#complete(upload, { parts, walker })
    } catch (error) {
      if (error instanceof EnvelopeError) throw await this.#refuse(upload, error)
      if (!(error instanceof PartCutShort)) throw error
    }
    return lengthOf(parts)
  }

  async #keep(upload: Upload, { body, walker, number }: Keeping): Promise<UploadPart> {
    const { database, objects } = this.#options
    const { objectKey: key, objectUpload } = upload
    if (objectUpload === null) throw ERRORS.FILE_NOT_FOUND
    const left = upload.length - (number - 1) * partSize
    const length = Math.min(partSize, left)
    const hash = createHash('sha256')
    const bytes = body.take({ size: length, hash, last: length === left })
    const tag = await objects.putPart({ key, uploadId: objectUpload, number, length, bytes })
    const part = { number, length, sha256: Uint8Array.from(hash.digest()), tag, framing: walker.state() }
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

  /** Nothing of it stays, nor an object that was whole already when the server ended before its entry. */
  async #abort({ objectKey: key, objectUpload }: Upload): Promise<void> {
    const { objects } = this.#options
    if (objectUpload !== null) await objects.abort({ key, uploadId: objectUpload })
    await objects.delete(key)
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

/** Where the framing of a body stands after these parts of it. */
function walkerAfter({ length, profile }: Upload, parts: readonly UploadPart[]): BodyWalker {
  return new BodyWalker({ length, accept: profile, state: (parts.at(-1)?.framing ?? null) as WalkerState | null })
}

interface Keeping {
  readonly body: ArrivingBody
  readonly walker: BodyWalker
  readonly number: number
}

function lengthOf(parts: readonly UploadPart[]): number {
  return parts.reduce((total, { length }) => total + length, 0)
}
