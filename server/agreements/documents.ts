// All that a client needs to believe an agreement: its bytes, its signatures, and its parties' documents.
import { type AgreementDocuments, encodeSigned } from '#contract/documents.ts'
import { isParty } from '#domain/agreements/state.ts'
import type { PersonCaller } from '#domain/caller.ts'
import type { StoredAgreement } from '#store/agreements.ts'
import type { Tx } from '#store/database.ts'
import { loadOrganisationDocuments } from '#store/organisations.ts'

/** Nothing is read for someone whose organisation is no party. */
export async function loadDocuments(
  tx: Tx,
  { state, caller }: { readonly state: StoredAgreement | null; readonly caller: PersonCaller },
): Promise<AgreementDocuments> {
  const { organisation: reader } = caller.actor
  if (!state || !isParty(state.agreement, reader))
    return { agreement: { bytes: '' }, signatures: [], organisations: [] }
  const organisations: AgreementDocuments['organisations'] = []
  for (const { organisation } of state.agreement.parties) {
    organisations.push(await loadOrganisationDocuments(tx, { organisation, reader }))
  }
  return {
    agreement: { bytes: state.bytes.toBase64() },
    signatures: state.signatures.map(({ signed }) => encodeSigned(signed)),
    organisations,
  }
}
