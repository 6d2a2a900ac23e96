// Use cases of organisations: read, hash and verify, decide. Rules are in domain/organisations; clients verify
// all of it again and believe nothing because it stands here.
import type { OrganisationDocuments } from '#contract/documents.ts'
import type { AwaitingPerson } from '#contract/organisations.ts'
import type { PersonCaller } from '#domain/caller.ts'
import { type ParsedDocument, parseDocument, type SignedBytes } from '#domain/document.ts'
import type { OrganisationKey } from '#domain/organisations/changes.ts'
import { decideViewAwaiting, decideViewDocuments } from '#domain/organisations/decide-read.ts'
import { decideRegisterRoster, type SubmittedPerson } from '#domain/organisations/decide-roster.ts'
import { decideRegisterStatement, type StatementFacts } from '#domain/organisations/decide-statement.ts'
import { person as personModel, roster as rosterModel } from '#domain/organisations/roster.ts'
import { type KeyPeriod, statement as statementModel } from '#domain/organisations/statement.ts'
import type { DocumentHead, Submitted } from '#domain/organisations/submission.ts'
import {
  type AccountId,
  type Fingerprint,
  fingerprint,
  type Instant,
  type OrganisationId,
  type Origin,
  type Sha256Hex,
} from '#domain/values.ts'
import { inspectCertificate } from '#openpgp/certificates.ts'
import { verifyDetached } from '#openpgp/signatures.ts'
import { sha256Hex } from '#platform/crypto.ts'
import { loadAgreementsInForce } from '#store/agreements.ts'
import type { Commit, Idempotency, Outcome } from '#store/commit.ts'
import {
  loadAwaiting,
  loadOrganisationDocuments,
  loadOrganisationHead,
  loadOrganisationKeys,
  loadProvenAccounts,
  loadWithdrawn,
} from '#store/organisations.ts'

type Bytes = Uint8Array<ArrayBuffer>

export interface OrganisationServiceOptions {
  readonly commit: Commit
  readonly origin: Origin
  readonly now: () => Instant
}

interface Asked {
  readonly caller: PersonCaller
}

interface Acting extends Asked {
  readonly idempotency: Idempotency
  readonly signed: SignedBytes
}

interface Awaiting {
  readonly organisation: OrganisationId
  readonly name: string
  readonly people: AwaitingPerson[]
  readonly withdrawn: AccountId[]
}

export interface OrganisationService {
  documents(asked: Asked): Promise<Outcome<OrganisationDocuments>>
  awaiting(asked: Asked): Promise<Outcome<Awaiting>>
  registerStatement(act: Acting & { readonly keys: readonly Bytes[] }): Promise<Outcome<DocumentHead>>
  registerRoster(act: Acting & { readonly people: readonly Bytes[] }): Promise<Outcome<DocumentHead>>
}

export function createOrganisationService({ commit, origin, now }: OrganisationServiceOptions): OrganisationService {
  return {
    documents: ({ caller }) =>
      commit({
        caller,
        load: async (tx) => {
          const { organisation } = caller.actor
          const view = await loadOrganisationDocuments(tx, { organisation, reader: organisation })
          return { caller, view, people: view.people.length }
        },
        decide: decideViewDocuments,
      }),

    awaiting: ({ caller }) =>
      commit({
        caller,
        load: async (tx) => {
          const { id: organisation, name } = await loadOrganisationHead(tx, caller.actor.organisation)
          const people = [...(await loadAwaiting(tx, organisation))]
          const withdrawn = [...(await loadWithdrawn(tx, { organisation, at: now() }))]
          return { caller, view: { organisation, name, people, withdrawn }, people: people.length }
        },
        decide: decideViewAwaiting,
      }),

    async registerStatement({ caller, idempotency, signed, keys: certificates }) {
      const submitted = submit(parseDocument(statementModel, signed.bytes), signed)
      const keys = await inspectKeys(certificates, now())
      const { document } = submitted
      const root = document.ok && !('code' in keys) && keys.find((key) => key.fingerprint === document.value.root)
      const signedByRoot = root ? await isSignedBy({ signed, key: root, at: now() }) : false
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const organisation = await loadOrganisationHead(tx, caller.actor.organisation)
          const agreements = await loadAgreementsInForce(tx, caller.actor.organisation)
          return { caller, origin, organisation, submitted, keys, signedByRoot, agreements }
        },
        decide: decideRegisterStatement,
      })
    },

    registerRoster({ caller, idempotency, signed, people }) {
      const submitted = submit(parseDocument(rosterModel, signed.bytes), signed)
      return commit({
        caller,
        idempotency,
        load: async (tx) => {
          const organisation = await loadOrganisationHead(tx, caller.actor.organisation)
          const keys = await loadOrganisationKeys(tx, organisation.id)
          const periods = organisation.statement?.rosterKeys ?? []
          return {
            caller,
            origin,
            organisation,
            submitted,
            people: people.map(submitPerson),
            signedBy: await findSigner({ signed, keys, periods, at: now() }),
            proven: await loadProvenAccounts(tx, { organisation: organisation.id, at: now() }),
          }
        },
        decide: decideRegisterRoster,
      })
    },
  }
}

function submit<T>(document: ParsedDocument<T>, signed: SignedBytes): Submitted<T> {
  return { document, hash: sha256Hex(signed.bytes) as Sha256Hex, signed }
}

function submitPerson(bytes: Bytes): SubmittedPerson {
  return { digest: sha256Hex(bytes) as Sha256Hex, bytes, document: parseDocument(personModel, bytes) }
}

/** The first certificate that is refused refuses them all. */
async function inspectKeys(certificates: readonly Bytes[], at: Instant): Promise<StatementFacts['keys']> {
  const keys: OrganisationKey[] = []
  for (const bytes of certificates) {
    const found = await inspectCertificate(bytes, at)
    if (!found.ok) return { code: found.code }
    const { certificate } = found
    keys.push({ fingerprint: fingerprint.parse(certificate.fingerprint), bytes: certificate.bytes })
  }
  return keys
}

interface Signing {
  readonly signed: SignedBytes
  readonly at: Instant
}

async function isSignedBy({ signed, key, at }: Signing & { readonly key: OrganisationKey }): Promise<boolean> {
  return (await verifyDetached({ ...signed, certificate: key.bytes, at })).ok
}

interface SignerSearch extends Signing {
  readonly keys: readonly OrganisationKey[]
  readonly periods: readonly KeyPeriod[]
}

/** Which of the current statement's roster keys signed; its period is for the decision. */
async function findSigner({ signed, keys, periods, at }: SignerSearch): Promise<Fingerprint | null> {
  for (const key of keys.filter((one) => periods.some((period) => period.fingerprint === one.fingerprint))) {
    if (await isSignedBy({ signed, key, at })) return key.fingerprint
  }
  return null
}
