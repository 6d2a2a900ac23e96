// Use case: an administrator registers the organisation's next roster, signed by a roster key. Rules are in
// domain/organisations/decide-roster.ts.
import { decodeSigned } from '#contract/documents.ts'
import { organisationOperations } from '#contract/organisations.ts'
import { parseDocument, type SignedBytes } from '#domain/document.ts'
import type { OrganisationKey } from '#domain/organisations/changes.ts'
import { decideRegisterRoster, type SubmittedPerson } from '#domain/organisations/decide-roster.ts'
import { person, roster } from '#domain/organisations/roster.ts'
import type { Bytes, Fingerprint, Instant, Sha256Hex } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import {
  loadKnownAccounts,
  loadOrganisationHead,
  loadOrganisationKeys,
  loadProvenAccounts,
} from '#store/organisations.ts'
import { asDecided, useCase } from '../use-case.ts'
import { isSignedBy, submit } from './submitted.ts'

export const registerRoster = useCase(organisationOperations.registerRoster, {
  load: async (tx, { caller, document, people, mayReturn }, { installation, now }) => {
    const signed = decodeSigned(document)
    const organisation = await loadOrganisationHead(tx, caller.actor.organisation)
    const periods = organisation.statement?.rosterKeys ?? []
    const keys = (await loadOrganisationKeys(tx, organisation.id)).filter((key) =>
      periods.some((period) => period.fingerprint === key.fingerprint),
    )
    return {
      caller,
      origin: installation,
      organisation,
      submitted: submit(parseDocument(roster, signed.bytes), signed),
      people: people.map(({ bytes }) => submitPerson(Uint8Array.fromBase64(bytes))),
      signedBy: await findSigner(keys, signed, now()),
      proven: await loadProvenAccounts(tx, { organisation: organisation.id, at: now() }),
      known: await loadKnownAccounts(tx, { organisation: organisation.id, at: now() }),
      mayReturn,
    }
  },
  decide: (facts, _asked, at) => decideRegisterRoster(facts, at),
  present: asDecided,
})

function submitPerson(bytes: Bytes): SubmittedPerson {
  return { digest: sha256Hex(bytes) as Sha256Hex, bytes, document: parseDocument(person, bytes) }
}

/** Which of the current statement's roster keys signed; its period is for the decision. */
async function findSigner(
  keys: readonly OrganisationKey[],
  signed: SignedBytes,
  at: Instant,
): Promise<Fingerprint | null> {
  for (const key of keys) if (await isSignedBy(key, signed, at)) return key.fingerprint
  return null
}
