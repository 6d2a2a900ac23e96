// Use case: an administrator registers the organisation's next statement, signed by its root. Rules are in
// domain/organisations/decide-statement.ts.
import { decodeSigned } from '#contract/documents.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { parseDocument } from '#domain/document.ts'
import type { OrganisationKey } from '#domain/organisations/changes.ts'
import { decideRegisterStatement, type StatementFacts } from '#domain/organisations/decide-statement.ts'
import { statement } from '#domain/organisations/statement.ts'
import { fingerprint, type Instant } from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { loadAgreementsInForce } from '#store/agreements.ts'
import { loadOrganisationHead } from '#store/organisations.ts'
import { asDecided, useCase } from '../use-case.ts'
import { isSignedBy, submit } from './submitted.ts'

export const registerStatement = useCase(organisationOperations.registerStatement, {
  prepare: async ({ document, keys: certificates }, { now }) => {
    const signed = decodeSigned(document)
    const submitted = submit(parseDocument(statement, signed.bytes), signed)
    const inspected = await inspectKeys(certificates, now())
    const said = submitted.document
    const root = said.ok && !('code' in inspected) && inspected.find((key) => key.fingerprint === said.value.root)
    return { submitted, inspected, signedByRoot: root ? await isSignedBy(root, signed, now()) : false }
  },
  load: async (tx, { caller, submitted, inspected, signedByRoot }, { installation }) => {
    const organisation = await loadOrganisationHead(tx, caller.actor.organisation)
    const agreements = await loadAgreementsInForce(tx, caller.actor.organisation)
    return { caller, origin: installation, organisation, submitted, keys: inspected, signedByRoot, agreements }
  },
  decide: (facts, _asked, at) => decideRegisterStatement(facts, at),
  present: asDecided,
})

/** The first certificate that is refused refuses them all. */
async function inspectKeys(certificates: readonly string[], at: Instant): Promise<StatementFacts['keys']> {
  const keys: OrganisationKey[] = []
  for (const base64 of certificates) {
    const found = await inspectCertificate(Uint8Array.fromBase64(base64), at)
    if (!found.ok) return { code: found.code }
    const { certificate } = found
    keys.push({ fingerprint: fingerprint.parse(certificate.fingerprint), bytes: certificate.bytes })
  }
  return keys
}
