// Use case: an information officer gives the service an agreement, so that its parties can sign it. Rules are in
// domain/agreements/decide-import.ts.
import { agreementOperations } from '#contract/agreements.ts'
import type { PublicKeys } from '#contract/service.ts'
import { type Agreement, agreement } from '#domain/agreements/agreement.ts'
import { decideImport, type InstallationKeys } from '#domain/agreements/decide-import.ts'
import { type ParsedDocument, parseDocument } from '#domain/document.ts'
import type { Sha256Hex } from '#domain/values.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { findLatestVersion, loadKnownOrganisations, lockAgreement } from '#store/agreements.ts'
import type { Tx } from '#store/database.ts'
import { asDecided, useCase } from '../use-case.ts'

export const importAgreement = useCase(agreementOperations.import, {
  load: async (tx, { caller, bytes: base64 }, { installation, publicKeys }) => {
    const bytes = Uint8Array.fromBase64(base64)
    const parsed = parseDocument(agreement, bytes)
    return {
      ...(await loadKnown(tx, parsed)),
      ...{ caller, installation, parsed, bytes, hash: sha256Hex(bytes) as Sha256Hex },
      installationKeys: keysOf(publicKeys),
    }
  },
  decide: (facts, _asked, at) => decideImport(facts, at),
  present: asDecided,
})

function keysOf({ scanAuthority, log, promise, housekeeper }: PublicKeys): InstallationKeys {
  return {
    scanAuthority: [scanAuthority.fingerprint],
    log: [log.publicKey],
    promise: [promise.publicKey],
    housekeeper: [housekeeper.fingerprint],
  }
}

async function loadKnown(tx: Tx, parsed: ParsedDocument<Agreement>) {
  if (!parsed.ok) return { organisations: [], latest: null }
  const { id, parties } = parsed.value
  await lockAgreement(tx, id)
  const named = parties.map(({ organisation }) => organisation)
  return { organisations: await loadKnownOrganisations(tx, named), latest: await findLatestVersion(tx, id) }
}
