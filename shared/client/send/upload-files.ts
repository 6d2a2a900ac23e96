// The files of a transfer, a few at a time: while one waits for the service's disk another is encrypted. tus itself is
// one part after the other, so that a file alone overlaps only with its own encryption (part-source.ts). What has
// arrived by the journal is not sent again, and must still be what it was.
import type { ArrivedEntry } from '#domain/transfers/send-journal.ts'
import { PartHasher, plaintextDigest } from '#openpgp/digests.ts'
import { mapConcurrently } from '../concurrency.ts'
import { type EncryptedBody, encryptAndUpload, hashed } from './encrypt-and-upload.ts'
import { FileChanged, readFile } from './file-fault.ts'
import type { FileId, Sha256Hex } from '#domain/values.ts'
import type { SessionKey } from '#openpgp/session-key.ts'
import type { Drafted } from './draft.ts'
import type { Unfinished } from './journal.ts'
import type { OutgoingFile, SendEffects, Sending } from './sending.ts'

/** A transfer that was begun, by this run or an earlier one. */
export interface Carrying extends Sending {
  readonly drafted: Drafted
  readonly sessionKey: SessionKey
  /** Of an earlier run. */
  readonly unfinished?: Unfinished
  /** Digests of bodies that the service says it has whole. */
  readonly taken?: ReadonlyMap<FileId, Sha256Hex>
}

/** More gains nothing over one connection's worth of disk and network, and each holds two parts of 8 MiB. */
const concurrency = 3

/** In the order of the files. Throws FileChanged, and as `encryptAndUpload` does; the first failure ends all. */
export async function uploadFiles(effects: SendEffects, carrying: Carrying): Promise<EncryptedBody[]> {
  const { drafted, request } = carrying
  const total = drafted.files.reduce((sum, { length }) => sum + length, 0)
  const sent = drafted.files.map(() => 0)
  const stop = new AbortController()
  const signal = effects.signal ? AbortSignal.any([effects.signal, stop.signal]) : stop.signal
  const uploadOne = (upload: Drafted['files'][number], index: number): Promise<EncryptedBody> => {
    signal.throwIfAborted()
    const file = request.files[index]
    if (!file) throw new TypeError('an upload for no file')
    const progress = (octets: number) => {
      sent[index] = octets
      effects.progress?.(
        sent.reduce((sum, one) => sum + one, 0),
        total,
      )
    }
    return uploadUnlessArrived({ ...effects, signal }, { carrying, upload, file, progress })
  }
  const bodies = await mapConcurrently(drafted.files, {
    concurrency,
    work: (upload, index) =>
      uploadOne(upload, index).catch((error: unknown) => {
        stop.abort(error)
        throw error
      }),
  })
  return [...bodies]
}

interface OneFile {
  readonly carrying: Carrying
  readonly upload: Carrying['drafted']['files'][number]
  readonly file: OutgoingFile
  readonly progress: (octets: number) => void
}

async function uploadUnlessArrived(effects: SendEffects, one: OneFile): Promise<EncryptedBody> {
  const { carrying, upload, file, progress } = one
  const { drafted, sessionKey, unfinished, taken } = carrying
  const arrived = unfinished?.arrived.get(upload.file)
  if (arrived) {
    await refuseChanged(file, arrived)
    progress(upload.length)
    return arrived.body
  }
  return encryptAndUpload(effects, {
    transfer: drafted.transfer,
    upload,
    file,
    sessionKey,
    profile: carrying.profile.profile,
    progress,
    earlier: unfinished?.attempts.get(upload.file) ?? null,
    taken: taken?.has(upload.file) ?? false,
  })
}

/** What arrived cannot be uploaded again; one that looks another is read, to tell a new date from new contents. */
async function refuseChanged(file: OutgoingFile, { size, modified, body }: ArrivedEntry): Promise<void> {
  if (file.size === size && file.modified === modified) return
  if (file.size !== size || (await digestOf(file)) !== body.plaintextDigest) throw new FileChanged(file.name)
}

async function digestOf(file: OutgoingFile): Promise<string> {
  const parts = new PartHasher()
  for await (const _ of hashed(readFile(file), { parts, whole: null }));
  return plaintextDigest(await parts.finish())
}
