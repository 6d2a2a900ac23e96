// Use case: somebody registers their certificate, made anywhere, and is challenged to prove the key. Rules are in
// domain/certificates/decisions.ts.
import { certificateOperations } from '#contract/certificates.ts'
import { decideRegister, type KnownCertificate, type UsableCertificate } from '#domain/certificates/decisions.ts'
import type { RefusalCode } from '#domain/refusals.ts'
import { type AccountId, fingerprint, instant, type Instant } from '#domain/values.ts'
import { type Certificate, inspectNow, mergeCertificates } from '#openpgp/certificates.ts'
import { loadAgreementsInForce } from '#store/agreements.ts'
import { findCertificate, loadKnownCertificates } from '#store/certificates.ts'
import { asDecided, type Adapters, useCase } from '../use-case.ts'
import { failedProofs, prepareChallenge, sessionOf } from './challenge.ts'

export const registerCertificate = useCase(certificateOperations.register, {
  prepare: async ({ certificate }, { now }) => ({
    found: await inspectNow(Uint8Array.fromBase64(certificate), now()),
  }),
  load: async (tx, { caller, found }, adapters) => {
    const { account, organisation } = caller.actor
    const named = found.ok ? await findCertificate(tx, fingerprint.parse(found.certificate.fingerprint)) : null
    const before = named?.account === account ? named : null
    const certificate = found.ok
      ? await describe({ certificate: found.certificate, before, account }, adapters)
      : { code: found.code }
    return {
      caller,
      session: sessionOf(caller),
      certificate,
      known:
        'code' in certificate
          ? []
          : (await loadKnownCertificates(tx, certificate)).filter((one) => one.account === account),
      agreements: await loadAgreementsInForce(tx, organisation),
      failedProofs: await failedProofs(tx, caller, adapters),
    }
  },
  decide: (facts, _asked, at) => decideRegister(facts, at),
  present: asDecided,
})

interface Describing {
  readonly certificate: Certificate
  /** The same key as the service has it already. */
  readonly before: KnownCertificate | null
  readonly account: AccountId
}

async function describe(
  { before, account, ...given }: Describing,
  adapters: Adapters,
): Promise<UsableCertificate | { readonly code: RefusalCode }> {
  const certificate = await withEarlier(given.certificate, before, adapters.now())
  if ('code' in certificate) return certificate
  // The newest subkey counts; of a key that is known already, the one that rosters and wrapped keys name.
  const subkey = before
    ? certificate.encryptionSubkeys.find((one) => one.fingerprint === before.encryptionSubkey)
    : certificate.encryptionSubkeys[0]
  if (!subkey) return { code: 'KEY_NO_ENCRYPTION_SUBKEY' }
  const encryptionSubkey = fingerprint.parse(subkey.fingerprint)
  const { bytes } = certificate
  const wanted = { purpose: 'register', account, encryptionSubkey, certificate: bytes, expires: null } as const
  return {
    fingerprint: fingerprint.parse(certificate.fingerprint),
    encryptionSubkey,
    algorithm: subkey.algorithm,
    bytes,
    expires: earlier(certificate.expires, subkey.expires),
    challenge: await prepareChallenge(wanted, adapters),
  }
}

/** With everything that an earlier state of the same certificate said, and inspected again. */
async function withEarlier(
  certificate: Certificate,
  before: KnownCertificate | null,
  at: Instant,
): Promise<Certificate | { readonly code: RefusalCode }> {
  if (!before) return certificate
  const merged = await mergeCertificates({ older: before.bytes, newer: certificate.bytes, at })
  const inspected = await inspectNow(merged, at)
  return inspected.ok ? inspected.certificate : { code: inspected.code }
}

function earlier(one: string | null, other: string | null): Instant | null {
  const [first] = [one, other].filter((given) => given !== null).toSorted()
  return first === undefined ? null : instant.parse(first)
}
