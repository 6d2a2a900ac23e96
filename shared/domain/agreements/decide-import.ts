// An information officer brings a drafted version to the service, which takes it only when it could be signed here:
// free of contradiction, between organisations known here, with this service's own keys (ARCHITECTURE.md#agreement).
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Refusal, Refused } from '../decision.ts'
import type { ParsedDocument } from '../document.ts'
import { londonDay } from '../time.ts'
import type { Bytes, Fingerprint, Instant, OrganisationId, Origin, Sha256Hex, AgreementReference } from '../values.ts'
import type { Decision } from './changes.ts'
import type { Agreement, ServiceKeys } from './agreement.ts'
import { contradictionIn } from './consistency.ts'
import { logOf, needs, refuseEnded, unfit } from './entries.ts'
import { isParty } from './state.ts'

/** The installation's own public keys: an agreement that names others was made for another service. */
export interface InstallationKeys {
  readonly scanAuthority: readonly Fingerprint[]
  readonly log: readonly string[]
  readonly promise: readonly string[]
  readonly housekeeper: readonly Fingerprint[]
}

export interface ImportFacts {
  readonly caller: PersonCaller
  readonly installation: Origin
  readonly installationKeys: InstallationKeys
  readonly parsed: ParsedDocument<Agreement>
  readonly bytes: Bytes
  readonly hash: Sha256Hex
  /** The organisations this service knows, of those the agreement names. */
  readonly organisations: readonly { readonly id: OrganisationId; readonly root: Fingerprint | null }[]
  /** The newest version that is here already. */
  readonly latest: { readonly version: number; readonly hash: Sha256Hex } | null
}

export function decideImport(facts: ImportFacts, at: Instant): Decision<AgreementReference> {
  const { caller, parsed, bytes, hash } = facts
  const refused = (refusal: Refusal): Refused => ({
    refusal,
    event: { event: 'agreement.imported', logs: [ownLog(caller)] },
  })
  const stands = refuseToImport(caller)
  if (stands) return refused(stands)
  if (!parsed.ok) return refused({ code: 'DOCUMENT_INVALID', detail: { reason: parsed.reason } })
  const agreement = parsed.value
  const refusal = refuseImport(facts, agreement, at)
  if (refusal) return refused(refusal)
  const { id, version } = agreement
  return {
    next: { id, version, hash },
    changes: [{ kind: 'agreements.import', agreement, hash, bytes, by: caller.actor.account, at }],
    event: {
      event: 'agreement.imported',
      logs: [logOf(id)],
      agreement: { id, version, hash },
      detail: { reference: agreement.reference },
    },
    jobs: [],
  }
}

/** Whatever they bring. */
export function refuseToImport({ actor }: PersonCaller): Refusal | null {
  return actor.roles.includes('information-officer') ? null : needs('information-officer')
}

function refuseImport(facts: ImportFacts, agreement: Agreement, at: Instant): Refusal | null {
  const { caller, installation, installationKeys, organisations, latest } = facts
  const own = caller.actor.organisation
  if (agreement.origin !== installation) return unfit('origin', `this service is ${installation}`)
  const contradiction = contradictionIn(agreement)
  if (contradiction) return unfit(contradiction.clause, contradiction.reason)
  if (!isParty(agreement, own)) return unfit('parties', 'your organisation is no party')
  const strange = agreement.parties.find(({ organisation, root }) => !isKnown({ organisation, root }, organisations))
  if (strange) return unfit('parties', `${strange.name} is not known here with this root`)
  const foreign = foreignKey(agreement.serviceKeys, installationKeys)
  if (foreign) return unfit(`serviceKeys.${foreign}`, 'these are not the keys of this service')
  if (agreement.version !== (latest?.version ?? 0) + 1)
    return unfit('version', `the next is ${(latest?.version ?? 0) + 1}`)
  if (agreement.supersedes !== (latest?.hash ?? null))
    return unfit('supersedes', 'it is not the hash of the version before')
  return refuseEnded(agreement, londonDay(at))
}

function isKnown(
  { organisation, root }: { readonly organisation: OrganisationId; readonly root: Fingerprint },
  organisations: ImportFacts['organisations'],
): boolean {
  return organisations.some((known) => known.id === organisation && known.root === root)
}

/** Every key that is listed is the installation's, and none of its own is missing. */
function foreignKey(listed: ServiceKeys, own: InstallationKeys): keyof ServiceKeys | null {
  const named: Readonly<Record<keyof ServiceKeys, readonly string[]>> = {
    scanAuthority: listed.scanAuthority.map(({ fingerprint }) => fingerprint),
    log: listed.log.map(({ publicKey }) => publicKey),
    promise: listed.promise.map(({ publicKey }) => publicKey),
    housekeeper: listed.housekeeper.map(({ fingerprint }) => fingerprint),
  }
  const kinds = ['scanAuthority', 'log', 'promise', 'housekeeper'] as const
  return kinds.find((kind) => !sameSet(named[kind], own[kind])) ?? null
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.every((value) => other.includes(value)) && other.every((value) => one.includes(value))
}
