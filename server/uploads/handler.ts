// Uploads at the edge (tus 1.0): mounted before session and CSRF, with a capability of its own. Token, transfer and state
// are checked on every request; there is no GET, so nothing comes out past policy, key proof and log
// (ARCHITECTURE.md#upload).
import { AsyncLocalStorage } from 'node:async_hooks'
import { Server } from '@tus/server'
import type { RequestHandler, Request } from 'express'
import { uploadMetadataKey, uploadName, uploadsPath } from '#contract/uploads.ts'
import type { Caller } from '#domain/caller.ts'
import type { Refusal } from '#domain/decision.ts'
import { decideFinishUpload } from '#domain/transfers/decisions/decide-finish-upload.ts'
import { whyNotUpload } from '#domain/transfers/decisions/decide-upload.ts'
import { inAgreement } from '#domain/transfers/entries.ts'
import type { Instant, Sha256Hex } from '#domain/values.ts'
import type { ObjectStore } from '#platform/object-store/object-store.ts'
import type { Commit } from '#store/commit.ts'
import type { Database } from '#store/database.ts'
import { loadTransferFacts } from '#store/transfers/facts.ts'
import { findUploadByToken, type Upload } from '#store/transfers/uploads.ts'
import { callerOf } from '../http/caller.ts'
import { EdgeRefusal } from '../http/problem.ts'
import { type OpenUpload, PartStore, UploadRefused } from './data-store.ts'
import { createLease } from './lease.ts'
import { readUploadToken, uploadTokenHash } from './token.ts'

export interface UploadOptions {
  readonly commit: Commit
  readonly database: Database
  readonly objects: ObjectStore
  readonly now: () => Instant
}

const methods = ['POST', 'PATCH', 'HEAD', 'DELETE', 'OPTIONS']

/** One request: whose upload it is, and who is written into its entries. */
interface Current extends OpenUpload {
  readonly caller: Caller
}

/** Mount at `uploadsPath`, after the correlation id and before everything else. */
export function createUploadHandler(options: UploadOptions): RequestHandler {
  const { commit, database } = options
  const current = new AsyncLocalStorage<Current>()
  const tus = new Server({
    path: uploadsPath,
    relativeLocation: true,
    allowedOrigins: [],
    datastore: new PartStore({
      ...options,
      current: () => ofRequest(current),
      finish: (upload, bodyDigest) => finish(commit, { caller: ofRequest(current).caller, upload, bodyDigest }),
    }),
    locker: { newLock: () => ofRequest(current).lease },
    namingFunction: () => uploadName(ofRequest(current).upload),
    // The token says which file it is. tus would read it from the address, and looks for it in the query as well.
    getFileIdFromRequest: () => uploadName(ofRequest(current).upload),
    onUploadCreate: async (_request, { metadata }) => {
      const { upload } = ofRequest(current)
      checkMetadata(metadata, upload)
      return { metadata: { [uploadMetadataKey]: upload.file } }
    },
    onResponseError: async (_request, error) => answer(commit, { ...ofRequest(current), error }),
  })

  return async (request, response) => {
    request.operation = 'upload'
    if (!methods.includes(request.method)) throw new EdgeRefusal('NOT_FOUND')
    refuseExtensions(request)
    const upload = await findUpload(options, request)
    request.uploader = upload.organisation
    const caller = senderOf(upload, callerOf(request))
    const refusal = whyNotUpload({ ...upload, sender: upload.standing }, options.now())
    if (refusal) {
      await refuse(commit, { caller, upload, refusal })
      throw new EdgeRefusal(refusal, { logged: false })
    }
    const lease = createLease(database, upload)
    await current.run({ upload, caller, lease, octets: octetsOf(request) }, () => tus.handle(request, response))
  }
}

/** Extensions of tus that nobody needs here: a file's length is known, its parts come in order, one request at a time. */
function refuseExtensions(request: Request): void {
  const withBody = request.method === 'POST' && request.is('application/offset+octet-stream') !== false
  const field = notOffered.find((header) => request.get(header) !== undefined) ?? (withBody ? 'Content-Type' : null)
  if (field === null) return
  const reason = 'is of an extension of tus that is not offered: creation and termination are'
  throw new EdgeRefusal({ code: 'REQUEST_INVALID', detail: { field, reason } })
}

const notOffered = ['Upload-Concat', 'Upload-Defer-Length', 'Upload-Checksum', 'X-HTTP-Method-Override']

function octetsOf(request: Request): number | null {
  const said = request.get('content-length')
  return said === undefined ? null : Number(said)
}

function ofRequest(current: AsyncLocalStorage<Current>): Current {
  const found = current.getStore()
  if (!found) throw new Error('an upload outside a request')
  return found
}

/** Nobody is told whether it was the token, the file or the transfer that was wrong. */
async function findUpload({ database }: UploadOptions, request: Request): Promise<Upload> {
  const token = readUploadToken(request.get('authorization'))
  const upload = token === null ? undefined : await findUploadByToken(database, uploadTokenHash(token))
  if (!upload) throw new EdgeRefusal('UPLOAD_REFUSED')
  const named = request.path.split('/').filter(Boolean).at(-1)
  if (request.method !== 'POST' && request.method !== 'OPTIONS' && named !== uploadName(upload)) {
    throw new EdgeRefusal('NOT_FOUND')
  }
  return upload
}

/** The token's sender acts, wherever their session is by now. */
function senderOf({ sender, organisation }: Upload, caller: Caller): Caller {
  return { ...caller, actor: { kind: 'person', account: sender, organisation, roles: [] } }
}

/** The file's id and nothing else: names and types are in the manifest, encrypted. */
function checkMetadata(metadata: Record<string, string | null> | undefined, upload: Upload): void {
  const given = Object.entries(metadata ?? {})
  if (given.every(([key, value]) => key === uploadMetadataKey && value === upload.file)) return
  throw new UploadRefused(upload, { code: 'UPLOAD_REFUSED' })
}

async function finish(commit: Commit, of: Pick<Current, 'caller' | 'upload'> & { readonly bodyDigest: Sha256Hex }) {
  const { upload, caller, bodyDigest } = of
  const { transfer, file, length } = upload
  return commit({
    caller,
    load: async (tx) => ({ caller, found: await loadTransferFacts(tx, transfer) }),
    decide: (facts, at) => decideFinishUpload(facts, { transfer, file, length, bodyDigest }, at),
  })
}

async function refuse(
  commit: Commit,
  of: Pick<Current, 'caller' | 'upload'> & { readonly refusal: Refusal },
): Promise<void> {
  const { upload, caller, refusal } = of
  await commit({
    caller,
    load: async () => undefined,
    decide: () => ({
      refusal,
      event: { event: 'file.uploaded', ...inAgreement({ id: upload.transfer, agreement: upload.agreement }) },
    }),
  })
}

/**
 * Refusals get their entry here, everything unexpected gets one at the edge. Both are thrown, past tus, so that the edge
 * answers them as it answers all others; what tus itself says of a request that is not tus stays as it is.
 */
async function answer(
  commit: Commit,
  of: Pick<Current, 'caller' | 'upload'> & { readonly error: unknown },
): Promise<undefined> {
  const { upload, caller, error } = of
  if (error instanceof UploadRefused) {
    if (!error.logged) await refuse(commit, { upload, caller, refusal: error.refusal })
    throw new EdgeRefusal(error.refusal, { logged: false })
  }
  const { status_code: status } = error as { readonly status_code?: number }
  if (status === undefined || status >= 500) throw error
}
