// The closed vocabulary of the log (ARCHITECTURE.md#entries). Each event says what its entry carries; keys listed as
// personal name a person, a session or an address and enter the log only as salted commitments.
import * as z from 'zod'
import { count, fingerprint, instant, line, sha256Hex } from './values.ts'

export type LogReference =
  | { readonly kind: 'agreement'; readonly id: string }
  | { readonly kind: 'organisation'; readonly id: string }
  | { readonly kind: 'service' }

const hex = z.string().max(64)

const text = line(200)

const names = z.array(line(60)).max(100)

/** As many as a transfer may have; personal, so that an entry has one commitment to them all. */
const recipients = z.array(line(60)).max(500)

export function event<S extends z.ZodRawShape>(shape: S, personal: readonly (keyof S & string)[] = []) {
  return { detail: z.strictObject(shape), personal }
}

export const auditEvents = {
  'request.refused': event({ operation: text }),
  'request.replayed': event({ operation: text }),
  'service.viewed': event({}),
  'service.restored': event({}),
  'service.replayed': event({
    entries: count,
    ended: count,
    fetched: count,
    wentOn: count,
    revoked: count,
    rosters: count,
  }),

  'auth.signed-in': event({ factors: names }),
  'auth.sign-in.failed': event({ email: text }, ['email']),
  'auth.signed-out': event({ cause: text }),
  'auth.token.issued': event({ scopes: names, expires: instant }),
  'auth.token.revoked': event({ token: hex }),
  'auth.session.ended': event({ session: hex }, ['session']),
  'auth.others.ended': event({ sessions: count, tokens: count }),
  'account.viewed': event({}),
  'account.access.viewed': event({ sessions: count, tokens: count }),

  'account.invited': event({ email: text, roles: names, expires: instant }, ['email']),
  'account.accepted': event({ email: text, roles: names }, ['email']),
  'account.password.changed': event({ sessions: count, tokens: count }),
  'account.reset.opened': event({ reset: hex, email: text, needsSecond: z.boolean() }, ['email']),
  'account.reset.confirmed': event({ reset: hex, email: text }, ['email']),
  'account.reset.withdrawn': event({ reset: hex, email: text }, ['email']),
  'account.reset.completed': event({ reset: hex, email: text }, ['email']),
  'account.resets.viewed': event({ count }),
  'account.notified': event({ channel: text, about: text }),
  'account.deactivated': event({ email: text, encryptionSubkeys: z.array(fingerprint).max(100) }, ['email']),

  'org.registered': event({ name: text }),
  'org.domains.registered': event({ domains: names }),
  'org.first-administrator.invited': event({ email: text }, ['email']),
  'org.viewed': event({ people: count }),
  'org.statement.registered': event({
    sequence: count,
    hash: sha256Hex,
    root: fingerprint,
    expires: instant,
    successorRoot: fingerprint.nullable(),
  }),
  'org.roster.registered': event({
    sequence: count,
    hash: sha256Hex,
    people: count,
    /** Whose accounts ended with it. */
    left: count,
    expires: instant,
  }),

  'key.registered': event({ fingerprint, encryptionSubkey: fingerprint, algorithm: text }),
  'key.challenged': event({ purpose: text, encryptionSubkey: fingerprint }),
  'key.proven': event({ purpose: text, encryptionSubkey: fingerprint }),
  'key.replaced': event({ encryptionSubkey: fingerprint, replaces: fingerprint }),
  'key.renewed': event({ fingerprint, encryptionSubkey: fingerprint, expires: instant.nullable() }),
  'key.revoked': event({ fingerprint, encryptionSubkey: fingerprint, published: z.boolean() }),

  'agreement.imported': event({ reference: text }),
  'agreement.signed': event({ organisation: hex, signer: hex, role: text }, ['signer']),
  'agreement.activated': event({ rosters: z.array(sha256Hex).max(50) }),
  'agreement.viewed': event({}),
  'agreement.listed': event({ count }),

  'transfer.drafted': event(
    {
      flow: text,
      purpose: text,
      items: names,
      marking: text,
      recipients,
      files: count,
      expires: instant,
    },
    ['recipients'],
  ),
  'transfer.files.declared': event({ files: count }),
  'file.uploaded': event({ file: hex, length: count, bodyDigest: sha256Hex }),
  'transfer.abandoned': event({ reason: text }),
  'scan.certificate.requested': event({}),
  'scan.certificate.issued': event({ fingerprint, expires: instant }),
  'transfer.dispatched': event({ note: sha256Hex, files: count, profile: text, scanCertificate: fingerprint }),
  'scan.started': event({ engine: text }),
  'scan.verdict': event({
    verdict: text,
    /** Of what the scan authority signed; nothing in entries of before it signed verdicts. */
    document: sha256Hex.optional(),
    finding: text.nullable(),
    files: count,
    engine: text,
    signatures: text,
    commitments: z.array(sha256Hex).max(100),
  }),
  'scan.key.lost': event({ fingerprint }),
  'scan.key.destroyed': event({ fingerprint }),
  'transfer.held': event({ reason: text }),
  'transfer.approved': event({ approval: sha256Hex, note: sha256Hex, what: text }),
  'transfer.release.delayed': event({ until: instant }),
  'transfer.released': event({ note: sha256Hex, scan: text }),
  'transfer.rejected': event({ reason: text }),
  'transfer.recalled': event({ reason: text, outcome: text, fetched: count }, ['reason']),
  'transfer.hold.placed': event({ reason: text, words: text }, ['words']),
  'transfer.reported': event({ reason: text, words: text }, ['words']),
  'transfer.hold.lifted': event({ reason: text, words: text, expires: instant, stillHeld: text.nullable() }, ['words']),
  'transfer.expired': event({ as: text, on: instant, uncollected: count }),
  'transfer.destroyed': event({ certificate: sha256Hex, files: count, wrappedKeys: count, backupsUntil: instant }),
  'transfer.destruction.stated': event({ statement: sha256Hex, note: sha256Hex, outcome: text }),
  'transfer.reminded': event({ stage: text, recipients: count }),
  'transfer.notified': event({ channel: text }),
  'transfer.recipient.added': event(
    { addendum: sha256Hex, note: sha256Hex, reader: hex, encryptionSubkey: fingerprint },
    ['reader'],
  ),
  'transfer.listed': event({ list: text, count }),
  'transfer.viewed': event({ state: text }),
  'transfer.taken': event({ teams: names, from: hex }, ['from']),
  'transfer.given-back': event({ teams: names }),
  'file.fetched': event({ file: hex, from: count, encryptionSubkey: fingerprint }),
  'transfer.fetched': event({ files: count, encryptionSubkey: fingerprint }),
  'transfer.opened': event({ recipient: text }, ['recipient']),
  'transfer.acknowledged': event({ receipt: sha256Hex.nullable(), signed: z.boolean() }),

  'webhook.registered': event({ webhook: hex, host: z.string().max(500), events: names }),
  'webhook.listed': event({ count }),
  'webhook.tested': event({ webhook: hex }),
  'webhook.rotated': event({ webhook: hex }),
  'webhook.removed': event({ webhook: hex }),
  'webhook.failing': event({ webhook: hex, status: count }),

  'audit.exported': event({ size: count, root: sha256Hex }),
  'audit.viewed': event({ what: text }),
} as const

export type EventName = keyof typeof auditEvents

export type EventDetail<E extends EventName> = z.input<(typeof auditEvents)[E]['detail']>
