// tus's DataStore over our object store and PostgreSQL (ARCHITECTURE.md#upload): only whole 8 MiB parts and the last
// one count. Each is walked for its framing and hashed as it passes, made durable, and then has its row; the offset
// that a client is told is the end of the last such row. A body that is not ours is refused before its part counts.
// There is no read.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { DataStore, ERRORS, Upload as TusUpload } from '@tus/server'
import { uploadName } from '#contract/uploads.ts'
import type { Refusal } from '#domain/decision.ts'
import { partSize } from '#domain/transfers/documents/dispatch-note.ts'
import type { Sha256Hex } from '#domain/values.ts'
import { BodyWalker, type WalkerState } from '#openpgp/body-walker.ts'
import { bodyDigest } from '#openpgp/digests.ts'
import { EnvelopeError } from '#openpgp/envelope-error.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import type { Outcome } from '#store/commit.ts'
import type { Database } from '#store/database.ts'
import { beginUpload, type Upload } from '#store/transfers/uploads.ts'
import { listParts } from '#store/transfers/upload-parts.ts'
import { ArrivingBody, PartCutShort } from './arriving-body.ts'
import type { UploadLease } from './lease.ts'

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

/** One request's upload, whose token was looked at. */
export interface OpenUpload {
  readonly upload: Upload
  readonly lease: UploadLease
  /** Of the request's body; null when it does not say. */
  readonly octets: number | null
}

export interface PartStoreOptions {
  readonly database: Database
  readonly objects: ObjectStore
  /** Of the request at hand; tus asks for each thing by its id, which says no more. */
  readonly current: () => OpenUpload
  /** Commits `file.uploaded`: the compare-and-set that makes an upload finished. */
  readonly finish: (upload: Upload, bodyDigest: Sha256Hex) => Promise<Outcome<null>>
}

/** All reads and writes are under the lease; what it read with the row is not asked for again. */
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
    const { upload } = this.#open()
    if (file.size !== upload.length) throw new UploadRefused(upload, { code: 'ENVELOPE_MALFORMED' })
    await this.#abort()
    const objectUpload = await objects.begin(upload.objectKey)
    await beginUpload(database, { ...upload, objectUpload })
    return file
  }

  override async remove(): Promise<void> {
    const { upload } = this.#open()
    await this.#abort()
    await beginUpload(this.#options.database, { ...upload, objectUpload: null })
  }

  override async getUpload(): Promise<TusUpload> {
    const { upload, lease } = this.#options.current()
    const { finishedAt, received } = lease.held
    const offset = finishedAt ? upload.length : received
    // The server ended between the last part and the end of the upload. A client has nothing left to send, so that
    // asking is what ends it: whoever is told that all is there may go on.
    if (!finishedAt && received === upload.length) await this.#complete(walkerAfter(this.#options.current()))
    return new TusUpload({ id: uploadName(upload), size: upload.length, offset, metadata: { file: upload.file } })
  }

  /** Gives the end of the last durable part; what came after it is sent again by the client. */
  override async write(stream: Readable, _id: string, offset: number): Promise<number> {
    const { upload, lease, octets } = this.#open()
    let { received } = lease.held
    if (offset !== received) throw ERRORS.INVALID_OFFSET
    const walker = walkerAfter({ upload, lease })
    const body = new ArrivingBody({ stream, walker })
    const end = octets === null ? Number.POSITIVE_INFINITY : offset + octets
    try {
      while (received < upload.length && (await body.hasMore()))
        received += await this.#keep({ body, walker, received, end })
      if (received === upload.length) await this.#complete(walker)
    } catch (error) {
      if (error instanceof EnvelopeError) throw await this.#refuse(error)
      if (!(error instanceof PartCutShort)) throw error
    }
    return received
  }

  async #keep({ body, walker, received, end }: Keeping): Promise<number> {
    const { upload, lease } = this.#open()
    const { objectUpload } = lease.held
    if (objectUpload === null) throw ERRORS.FILE_NOT_FOUND
    const number = received / partSize + 1
    const left = upload.length - received
    const length = Math.min(partSize, left)
    const hash = createHash('sha256')
    const bytes = body.take({ size: length, hash, last: length === left })
    const tag = await this.#options.objects.putPart({
      key: upload.objectKey,
      uploadId: objectUpload,
      number,
      length,
      bytes,
    })
    const part = { number, length, sha256: Uint8Array.from(hash.digest()), tag }
    const last = received + length >= end && length < left
    await lease.addPart({ part, framing: walker.state(), last })
    return length
  }

  async #complete(walker: BodyWalker): Promise<void> {
    const { database, objects, finish } = this.#options
    const { upload, lease } = this.#open()
    const { objectKey: key } = upload
    const { objectUpload } = lease.held
    if (objectUpload === null) throw ERRORS.FILE_NOT_FOUND
    walker.finish()
    const parts = await listParts(database, upload)
    const digests = parts.map((part) => part.sha256.toHex())
    const digest = await bodyDigest({ length: upload.length, partSize, parts: digests })
    // Complete already: the server ended between the object and its entry, and the last request came again.
    if ((await objects.size(key)) === undefined) await objects.complete({ key, uploadId: objectUpload, parts })
    const outcome = await finish(upload, digest as Sha256Hex)
    if (!outcome.ok) throw new UploadRefused(upload, outcome.refusal, { logged: true })
  }

  /** What was sent is no body: nothing of it stays. */
  async #refuse(error: EnvelopeError): Promise<UploadRefused> {
    const { upload } = this.#open()
    await this.#abort()
    await beginUpload(this.#options.database, { ...upload, objectUpload: null })
    const code = error.code === 'NOT_ENCRYPTED' ? 'NOT_ENCRYPTED_TO_RECIPIENTS' : 'ENVELOPE_MALFORMED'
    return new UploadRefused(upload, { code, detail: { reason: error.detail } })
  }

  /** Nothing of it stays, nor an object that was whole already when the server ended before its entry. */
  async #abort(): Promise<void> {
    const { objects } = this.#options
    const { upload, lease } = this.#open()
    const { objectKey: key } = upload
    const { objectUpload } = lease.held
    if (objectUpload !== null) await objects.abort({ key, uploadId: objectUpload })
    await objects.delete(key)
  }

  #open(): OpenUpload {
    const current = this.#options.current()
    if (current.lease.held.finishedAt !== null) throw new UploadRefused(current.upload, { code: 'UPLOAD_REFUSED' })
    return current
  }
}

/** Where the framing of a body stands after the parts that are there. */
function walkerAfter({ upload, lease }: Pick<OpenUpload, 'upload' | 'lease'>): BodyWalker {
  const state = (lease.held.framing ?? null) as WalkerState | null
  return new BodyWalker({ length: upload.length, accept: upload.profile, state })
}

interface Keeping {
  readonly body: ArrivingBody
  readonly walker: BodyWalker
  /** Octets before this part, and where the request ends. */
  readonly received: number
  readonly end: number
}
