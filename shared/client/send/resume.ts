// Goes on with a transfer that broke off, by the sender's own journal (ARCHITECTURE.md#salt): key and salts come from
// there and never from the service. Needs the sender's key twice: to unwrap the session key, and to sign.
import type { TransferView } from '#contract/transfers/view.ts'
import type { BegunEntry } from '#domain/transfers/send-journal.ts'
import type { Instant } from '#domain/values.ts'
import { BODY_VERSION, canJoin, type ProfileChoice } from '#openpgp/profile.ts'
import { inspectNow } from '#openpgp/certificates.ts'
import { FileChanged } from './file-fault.ts'
import type { Unfinished } from './journal.ts'
import type { KeyHolder } from '../trust/key-holder.ts'
import { type OutgoingFile, readersOf, type SendEffects, type SendTerms } from './sending.ts'
import type { Sender } from '../trust/sender.ts'
import { currentRecipient } from './rescan.ts'
import { carry, type Sent } from './send.ts'
import { TrustRefused } from '../trust/trust-refused.ts'

export interface Resuming {
  readonly unfinished: Unfinished
  readonly sender: Sender
  /** Holds what the session key was wrapped for: the sender's key, or the one before a replacement. */
  readonly unwrapping: Pick<KeyHolder, 'unwrap'>
  /** As they are now, in the order in which the transfer was begun. */
  readonly files: readonly OutgoingFile[]
  /** As the service shows the transfer. */
  readonly view: Pick<TransferView, 'files'>
}

/** Throws FileChanged, EnvelopeError when the key opens nothing, and as `sendTransfer` does. */
export async function resumeTransfer(effects: SendEffects, resuming: Resuming): Promise<Sent> {
  const { unfinished, sender, files } = resuming
  const { begun } = unfinished
  if (begun.sender !== sender.person.account) throw new TypeError('a journal of somebody else')
  for (const [index, { name, size }] of begun.files.entries()) {
    // Lengths were fixed at the draft: a file of another size is for a new transfer.
    if (files[index]?.size !== size) throw new FileChanged(name)
  }
  const request = requestIn(begun, { ...resuming, now: effects.now() })
  await refuseUnopenable(effects, { begun, sender, request })
  const pkesk = Uint8Array.fromBase64(begun.sessionKey.pkesk)
  const sessionKey = await resuming.unwrapping.unwrap(pkesk, BODY_VERSION[begun.profile])
  return carry(effects, {
    sender,
    request,
    profile: choiceIn(begun),
    sessionKey,
    unfinished,
    taken: new Map(resuming.view.files.flatMap(({ id, bodyDigest }) => (bodyDigest ? [[id, bodyDigest]] : []))),
    drafted: {
      ...{ transfer: begun.transfer, manifest: begun.manifest, expires: begun.request.expires },
      files: begun.files.map(({ upload }) => upload),
    },
  })
}

/** Who stands behind each recipient today; names and types as the manifest's length was counted with. */
function requestIn(
  { request, files: begun }: BegunEntry,
  { sender, files, now }: Resuming & { readonly now: Instant },
): SendTerms {
  const { expires: _, ...terms } = request
  return {
    ...terms,
    recipients: request.recipients.map((recipient) => currentRecipient(sender.agreement, { recipient, now })),
    files: files.map((file, index) => ({ ...file, ...named(begun[index]) })),
  }
}

function named(file: BegunEntry['files'][number] | undefined) {
  if (!file) throw new TypeError('a file that was not begun with')
  return { name: file.name, mediaType: file.mediaType }
}

function choiceIn({ profile, profileFor }: BegunEntry): ProfileChoice {
  if (profileFor === null) return { profile, because: { code: 'every-key-lists-aes256-gcm' } }
  return { profile, because: { code: 'keys-without-aes256-gcm', fingerprints: profileFor } }
}

/** Somebody may have joined a team since, with a key that does not open what is uploaded already. */
async function refuseUnopenable(
  { now }: SendEffects,
  { begun, sender, request }: { readonly begun: BegunEntry; readonly sender: Sender; readonly request: SendTerms },
): Promise<void> {
  for (const { email, certificateBytes } of readersOf(sender, request.recipients)) {
    const found = await inspectNow(certificateBytes, now())
    if (!found.ok)
      throw new TrustRefused({ code: 'TRUST_CERTIFICATE', saw: `the certificate of ${email}: ${found.code}` })
    if (!canJoin({ profile: begun.profile, ...found }).ok) throw new ProfileCannotOpen(email)
  }
}

export class ProfileCannotOpen extends Error {
  override readonly name = 'ProfileCannotOpen'
  /** Whose program opens nothing newer than `v1-cfb`. */
  readonly reader: string

  constructor(reader: string) {
    super(`${reader} cannot open what was uploaded`)
    this.reader = reader
  }
}
