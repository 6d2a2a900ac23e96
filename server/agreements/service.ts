// Use cases of agreements: read what a decision needs, hash and verify, decide, present. Rules are in
// domain/agreements; the only writing is commit().
import { type AgreementDocuments, encodeSigned } from '#contract/documents.ts'
import type { PublicKeys } from '#contract/service.ts'
import { type Agreement, type AgreementReference, agreement as agreementModel } from '#domain/agreements/agreement.ts'
import { decideImport, type InstallationKeys } from '#domain/agreements/decide-import.ts'
import { type AgreementSummary, decideList, decideView } from '#domain/agreements/decide-read.ts'
import { decideSign, type Signed } from '#domain/agreements/decide-sign.ts'
import { type AgreementSignature, agreementSignature } from '#domain/agreements/signature.ts'
import { isParty } from '#domain/agreements/state.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { type ParsedDocument, parseDocument, type SignedBytes } from '#domain/document.ts'
import type { AgreementId, Instant, Sha256Hex } from '#domain/values.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256Hex } from '#platform/crypto.ts'
import {
  findLatestVersion,
  findVersion,
  loadAgreement,
  loadAgreementsOf,
  loadKnownOrganisations,
  loadRosteredSigner,
  lockAgreement,
  type StoredAgreement,
} from '#store/agreements.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import type { Tx } from '#store/database.ts'
import { loadOrganisationDocuments } from '#store/organisations.ts'

export interface AgreementServiceOptions {
  readonly commit: Commit
  /** The installation's own: an agreement must list exactly these. */
  readonly publicKeys: PublicKeys
  readonly now: () => Instant
}

interface Asked {
  readonly caller: PersonCaller
}

interface Acting extends Asked {
  readonly idempotency: Idempotency
}

export interface AgreementService {
  import(act: Acting & { readonly bytes: Uint8Array<ArrayBuffer> }): Promise<Outcome<AgreementReference>>
  sign(act: Acting & { readonly id: AgreementId; readonly signed: SignedBytes }): Promise<Outcome<Signed>>
  show(
    asked: Asked & { readonly id: AgreementId; readonly version?: number | undefined },
  ): Promise<Outcome<AgreementDocuments>>
  list(asked: Asked): Promise<Outcome<{ readonly agreements: readonly AgreementSummary[] }>>
}

export function createAgreementService(options: AgreementServiceOptions): AgreementService {
  const { commit, publicKeys, now } = options
  const installation = publicKeys.origin
  const installationKeys = installationKeysOf(publicKeys)
  return {
    import({ caller, idempotency, bytes }) {
      const parsed = parseDocument(agreementModel, bytes)
      const hash = sha256Hex(bytes) as Sha256Hex
      return commit({
        caller,
        idempotency,
        load: async (tx) => ({
          ...(await loadImportFacts(tx, parsed)),
          ...{ caller, installation, installationKeys, parsed, bytes, hash },
        }),
        decide: decideImport,
      })
    },

    sign({ caller, idempotency, id, signed }) {
      const parsed = parseDocument(agreementSignature, signed.bytes)
      return commit({
        caller,
        idempotency,
        load: async (tx) => ({
          ...(await loadSignFacts(tx, { caller, id, parsed, signed, at: now() })),
          ...{ caller, installation, parsed, signed },
        }),
        decide: decideSign,
      })
    },

    show({ caller, id, version }) {
      return commit({
        caller,
        load: async (tx) => {
          const hash = await findVersion(tx, { id, version })
          const state = hash === null ? null : await loadAgreement(tx, hash)
          return { caller, state, documents: await loadDocuments(tx, { state, caller }) }
        },
        decide: decideView,
      })
    },

    list({ caller }) {
      return commit({
        caller,
        load: async (tx) => ({ caller, states: await loadAgreementsOf(tx, caller.actor.organisation) }),
        decide: decideList,
      })
    },
  }
}

function installationKeysOf({ scanAuthority, log, promise, housekeeper }: PublicKeys): InstallationKeys {
  return {
    scanAuthority: [scanAuthority.fingerprint],
    log: [log.publicKey],
    promise: [promise.publicKey],
    housekeeper: [housekeeper.fingerprint],
  }
}

async function loadImportFacts(tx: Tx, parsed: ParsedDocument<Agreement>) {
  if (!parsed.ok) return { organisations: [], latest: null }
  const { id, parties } = parsed.value
  await lockAgreement(tx, id)
  return {
    organisations: await loadKnownOrganisations(
      tx,
      parties.map(({ organisation }) => organisation),
    ),
    latest: await findLatestVersion(tx, id),
  }
}

interface Signing {
  readonly caller: PersonCaller
  readonly id: AgreementId
  readonly parsed: ParsedDocument<AgreementSignature>
  readonly signed: SignedBytes
  readonly at: Instant
}

/** The OpenPGP signature is checked with the certificate that the named roster gives the caller, and no other. */
async function loadSignFacts(tx: Tx, { caller, id, parsed, signed, at }: Signing) {
  await lockAgreement(tx, id)
  const latest = await findLatestVersion(tx, id)
  const state = latest && (await loadAgreement(tx, latest.hash))
  const { account } = caller.actor
  const found = parsed.ok ? await loadRosteredSigner(tx, { account, roster: parsed.value.roster }) : null
  const verified = found && (await verifyDetached({ ...signed, certificate: found.certificate, at }))
  return { state, signer: found?.signer ?? null, signatureHolds: verified?.ok ?? false }
}

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
