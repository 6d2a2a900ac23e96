// What people and the housekeeper do with agreements: import, sign, activate, view, list (DESIGN 6, 8).
// Parties alone know that an agreement exists: to everyone else it is not found, and their own log says they asked.
import type { LogReference } from '../audit/entry.ts'
import { type Caller, ownLog, type PersonCaller } from '../caller.ts'
import type { Decision, Refusal, Refused, RefusedEvent } from '../decision.ts'
import type { ParsedDocument, SignedBytes } from '../document.ts'
import type { Role } from '../organisations/roles.ts'
import type { RosterReference } from '../organisations/roster.ts'
import { isNear, londonDay } from '../time.ts'
import type { AccountId, AgreementId, Day, Fingerprint, Instant, OrganisationId, Origin, Sha256Hex } from '../values.ts'
import type { Agreement, AgreementReference, ServiceKeys } from './agreement.ts'
import { contradictionIn } from './consistency.ts'
import type { AgreementSignature } from './signature.ts'

// Import

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
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly hash: Sha256Hex
  /** The organisations this service knows, of those the agreement names. */
  readonly organisations: readonly { readonly id: OrganisationId; readonly root: Fingerprint | null }[]
  /** The newest version that is here already. */
  readonly latest: { readonly version: number; readonly hash: Sha256Hex } | null
}

export interface Imported {
  readonly id: AgreementId
  readonly version: number
  readonly hash: Sha256Hex
}

export function decideImport(facts: ImportFacts, at: Instant): Decision<Imported> {
  const { caller, parsed, bytes, hash } = facts
  const refused = (refusal: Refusal): Refused => ({
    refusal,
    event: { event: 'agreement.imported', logs: [ownLog(caller)] },
  })
  if (!caller.actor.roles.includes('information-officer')) return refused(needs('information-officer'))
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

// Sign

/** What is stored of one version, as far as decisions ask. */
export interface AgreementState {
  readonly agreement: Agreement
  readonly hash: Sha256Hex
  readonly importedBy: AccountId
  readonly activatedAt: Instant | null
  readonly unsigned: readonly OrganisationId[]
}

/** The signer as a roster of their organisation has them. */
export interface RosteredSigner {
  readonly organisation: OrganisationId
  readonly certificate: Fingerprint
  readonly roles: readonly Role[]
  readonly roster: RosterReference
  readonly rosterExpires: Instant
}

export interface SignFacts {
  readonly caller: PersonCaller
  readonly installation: Origin
  /** The newest version of the agreement that is to be signed. */
  readonly state: AgreementState | null
  readonly parsed: ParsedDocument<AgreementSignature>
  readonly signed: SignedBytes
  /** The caller in the roster that the document names; null when that roster or the caller in it is unknown. */
  readonly signer: RosteredSigner | null
  /** Whether the OpenPGP signature over exactly these bytes is by the signer's rostered certificate. */
  readonly signatureHolds: boolean
}

export interface Signed extends Imported {
  /** Parties that still have to sign. */
  readonly unsigned: readonly OrganisationId[]
}

export function decideSign(facts: SignFacts, at: Instant): Decision<Signed> {
  const { caller, state } = facts
  if (!state || !isParty(state.agreement, caller.actor.organisation)) return notFound(caller, 'agreement.signed')
  const { organisation, account } = caller.actor
  const agreement = referenceOf(state)
  const refusal = refuseSignature({ ...facts, state }, at)
  if (refusal) return { refusal, event: { event: 'agreement.signed', logs: [logOf(agreement.id)], agreement } }
  const unsigned = state.unsigned.filter((party) => party !== organisation)
  return {
    next: { ...agreement, unsigned },
    changes: [{ kind: 'agreements.sign', hash: state.hash, organisation, account, signed: facts.signed, at }],
    event: {
      event: 'agreement.signed',
      logs: [logOf(agreement.id)],
      agreement,
      detail: { organisation, signer: account, role: 'siro' },
    },
    jobs: unsigned.length === 0 ? [{ name: 'activate-agreement', data: { agreement: state.hash } }] : [],
  }
}

function refuseSignature(facts: SignFacts & { readonly state: AgreementState }, at: Instant): Refusal | null {
  const { caller, state, parsed, signer, signatureHolds } = facts
  if (!caller.actor.roles.includes('siro')) return needs('siro')
  if (state.importedBy === caller.actor.account) return unfit('parties', 'whoever imported it cannot sign it')
  if (!parsed.ok) return { code: 'DOCUMENT_INVALID', detail: { reason: parsed.reason } }
  const untrue = untrueIn(parsed.value, facts)
  if (untrue !== null) return unfit(`signature.${untrue}`, 'it does not say what it should')
  if (!isNear(parsed.value.at, at)) {
    return unfit('signature.at', 'it was not made now')
  }
  if (!signer?.roles.includes('siro')) return needs('siro')
  if (signer.rosterExpires <= at) return { code: 'ROSTER_EXPIRED', detail: { on: signer.rosterExpires } }
  if (!signatureHolds) return { code: 'SIGNATURE_INVALID' }
  if (!state.unsigned.includes(caller.actor.organisation)) return unfit('parties', 'your organisation has signed')
  return refuseEnded(state.agreement, londonDay(at))
}

/** The first field of the signature document that is not as the service knows it. */
function untrueIn(
  document: AgreementSignature,
  { caller, installation, state, signer }: SignFacts & { readonly state: AgreementState },
): keyof AgreementSignature | null {
  if (document.origin !== installation) return 'origin'
  if (!sameReference(document.agreement, referenceOf(state))) return 'agreement'
  if (document.organisation !== caller.actor.organisation) return 'organisation'
  if (document.account !== caller.actor.account) return 'account'
  if (!signer || signer.organisation !== document.organisation) return 'roster'
  if (signer.roster.sequence !== document.roster.sequence) return 'roster'
  return signer.certificate === document.fingerprint ? null : 'fingerprint'
}

// Activate: the housekeeper, when the last party has signed

export interface ActivateFacts {
  readonly caller: Caller
  readonly state: AgreementState
  /** The hash of each party's current roster: who may act under the agreement from now on. */
  readonly rosters: readonly Sha256Hex[]
}

export interface Activated {
  readonly activated: boolean
}

/** Once; a repeated job is told so and logged, and changes nothing. */
export function decideActivate({ state, rosters }: ActivateFacts, at: Instant): Decision<Activated> {
  const agreement = referenceOf(state)
  const logs = [logOf(agreement.id)]
  if (state.activatedAt !== null) {
    const event = { event: 'request.replayed', logs, agreement, detail: { operation: 'activate-agreement' } } as const
    return { next: { activated: false }, changes: [], event, jobs: [] }
  }
  const refusal = refuseActivation(state, at)
  if (refusal) return { refusal, event: { event: 'agreement.activated', logs, agreement } }
  return {
    next: { activated: true },
    changes: [{ kind: 'agreements.activate', hash: state.hash, at }],
    event: { event: 'agreement.activated', logs, agreement, detail: { rosters: [...rosters] } },
    jobs: [],
  }
}

function refuseActivation({ agreement, unsigned }: AgreementState, at: Instant): Refusal | null {
  const [missing] = unsigned
  return missing === undefined
    ? refuseEnded(agreement, londonDay(at))
    : { code: 'AGR_NOT_SIGNED', clause: 'parties', detail: { organisation: missing, version: agreement.version } }
}

// View and list: every access is logged

export function decideView<Documents>(facts: {
  readonly caller: PersonCaller
  readonly state: AgreementState | null
  readonly documents: Documents
}): Decision<Documents> {
  const { caller, state, documents } = facts
  if (!state || !isParty(state.agreement, caller.actor.organisation)) return notFound(caller, 'agreement.viewed')
  const agreement = referenceOf(state)
  const event = { event: 'agreement.viewed', logs: [logOf(agreement.id)], agreement, detail: {} } as const
  if (caller.actor.roles.length === 0) return { refusal: { code: 'ROLE_REQUIRED' }, event }
  return { next: documents, changes: [], event, jobs: [] }
}

export interface AgreementSummary extends Imported {
  readonly reference: string
  readonly title: string
  readonly parties: readonly {
    readonly organisation: OrganisationId
    readonly name: string
    readonly signed: boolean
  }[]
  readonly flows: readonly { readonly code: string; readonly from: OrganisationId; readonly to: OrganisationId }[]
  readonly activatedAt: Instant | null
  readonly effectiveFrom: Day
  readonly reviewOn: Day
  readonly expiresOn: Day
}

export function decideList(facts: {
  readonly caller: PersonCaller
  readonly states: readonly AgreementState[]
}): Decision<{ readonly agreements: readonly AgreementSummary[] }> {
  const { caller, states } = facts
  const own = states.filter(({ agreement }) => isParty(agreement, caller.actor.organisation))
  const logs = [ownLog(caller)]
  if (caller.actor.roles.length === 0) {
    return { refusal: { code: 'ROLE_REQUIRED' }, event: { event: 'agreement.listed', logs } }
  }
  return {
    next: { agreements: own.map(summaryOf) },
    changes: [],
    event: { event: 'agreement.listed', logs, detail: { count: own.length } },
    jobs: [],
  }
}

function summaryOf({ agreement, hash, activatedAt, unsigned }: AgreementState): AgreementSummary {
  const { id, version, reference, title, effectiveFrom, reviewOn, expiresOn } = agreement
  const parties = agreement.parties.map(({ organisation, name }) => ({
    organisation,
    name,
    signed: !unsigned.includes(organisation),
  }))
  const flows = agreement.flows.map(({ code, from, to }) => ({ code, from, to }))
  return { id, version, hash, reference, title, parties, flows, activatedAt, effectiveFrom, reviewOn, expiresOn }
}

export function isParty({ parties }: Agreement, organisation: OrganisationId): boolean {
  return parties.some((party) => party.organisation === organisation)
}

export function referenceOf({ agreement, hash }: Pick<AgreementState, 'agreement' | 'hash'>): AgreementReference {
  return { id: agreement.id, version: agreement.version, hash }
}

function sameReference(one: AgreementReference, other: AgreementReference): boolean {
  return one.id === other.id && one.version === other.version && one.hash === other.hash
}

function logOf(id: AgreementId): LogReference {
  return { kind: 'agreement', id }
}

/** Another organisation's agreement: not found, and nothing of the asking stands in the agreement's log. */
function notFound(caller: PersonCaller, event: RefusedEvent['event']): Refused {
  return { refusal: { code: 'NOT_FOUND' }, event: { event, logs: [ownLog(caller)] } }
}

function needs(role: Role): Refusal {
  return { code: 'ROLE_REQUIRED', detail: { role } }
}

function unfit(clause: string, reason: string): Refusal {
  return { code: 'AGR_REFUSED', clause, detail: { reason } }
}

function refuseEnded({ expiresOn }: Agreement, today: Day): Refusal | null {
  return today > expiresOn ? { code: 'AGR_EXPIRED', clause: 'expiresOn', detail: { on: expiresOn } } : null
}
