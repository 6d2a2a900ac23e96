// A party's signatory signs the newest version; the last signature has the housekeeper put it in force
// (ARCHITECTURE.md#agreement).
import type { PersonCaller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import type { ParsedDocument, SignedBytes } from '../document.ts'
import type { Role } from '../roles.ts'
import type { RosterReference } from '../organisations/roster.ts'
import { isNear, londonDay } from '../time.ts'
import type { Fingerprint, Instant, OrganisationId, Origin, AgreementReference } from '../values.ts'
import type { Decision } from './changes.ts'
import { logOf, needs, notFound, refuseEnded, unfit } from './entries.ts'
import type { AgreementSignature } from './signature.ts'
import { type AgreementState, isParty, referenceOf } from './state.ts'

/** The signer as a roster of their organisation has them. */
export interface RosteredSigner {
  readonly organisation: OrganisationId
  readonly certificate: Fingerprint
  readonly roles: readonly Role[]
  readonly roster: RosterReference
  readonly rosterExpires: Instant
}

/** As much of the facts as it takes to say whether somebody may. */
export interface SignStanding {
  readonly caller: PersonCaller
  /** The newest version of the agreement that is to be signed. */
  readonly state: AgreementState | null
}

export interface SignFacts extends SignStanding {
  readonly installation: Origin
  readonly parsed: ParsedDocument<AgreementSignature>
  readonly signed: SignedBytes
  /** The caller in the roster that the document names; null when that roster or the caller in it is unknown. */
  readonly signer: RosteredSigner | null
  /** Whether the OpenPGP signature over exactly these bytes is by the signer's rostered certificate. */
  readonly signatureHolds: boolean
}

export interface Signed extends AgreementReference {
  /** Parties that still have to sign. */
  readonly unsigned: readonly OrganisationId[]
}

export function decideSign(facts: SignFacts, at: Instant): Decision<Signed> {
  const { caller } = facts
  if (!isKnown(facts)) return notFound(caller, 'agreement.signed')
  const { state } = facts
  const { organisation, account } = caller.actor
  const agreement = referenceOf(state)
  const refusal = refuseSignature(facts, at)
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

/** Whatever they sign. */
export function refuseToSign(standing: SignStanding, at: Instant): Refusal | null {
  return isKnown(standing) ? (refuseSigner(standing) ?? refuseState(standing, at)) : { code: 'NOT_FOUND' }
}

type Known<Standing extends SignStanding> = Standing & { readonly state: AgreementState }

function isKnown<Standing extends SignStanding>(standing: Standing): standing is Known<Standing> {
  return standing.state !== null && isParty(standing.state.agreement, standing.caller.actor.organisation)
}

function refuseSignature(facts: Known<SignFacts>, at: Instant): Refusal | null {
  return refuseSigner(facts) ?? refuseDocument(facts, at) ?? refuseState(facts, at)
}

function refuseSigner({ caller, state }: Known<SignStanding>): Refusal | null {
  if (!caller.actor.roles.includes('siro')) return needs('siro')
  return state.importedBy === caller.actor.account ? unfit('parties', 'whoever imported it cannot sign it') : null
}

function refuseState({ caller, state }: Known<SignStanding>, at: Instant): Refusal | null {
  if (!state.unsigned.includes(caller.actor.organisation)) return unfit('parties', 'your organisation has signed')
  return refuseEnded(state.agreement, londonDay(at))
}

function refuseDocument(facts: Known<SignFacts>, at: Instant): Refusal | null {
  const { parsed, signer, signatureHolds } = facts
  if (!parsed.ok) return { code: 'DOCUMENT_INVALID', detail: { reason: parsed.reason } }
  const untrue = untrueIn(parsed.value, facts)
  if (untrue !== null) return unfit(`signature.${untrue}`, 'it does not say what it should')
  if (!isNear(parsed.value.at, at)) {
    return unfit('signature.at', 'it was not made now')
  }
  if (!signer?.roles.includes('siro')) return needs('siro')
  if (signer.rosterExpires <= at) return { code: 'ROSTER_EXPIRED', detail: { on: signer.rosterExpires } }
  return signatureHolds ? null : { code: 'SIGNATURE_INVALID' }
}

/** The first field of the signature document that is not as the service knows it. */
function untrueIn(
  document: AgreementSignature,
  { caller, installation, state, signer }: Known<SignFacts>,
): keyof AgreementSignature | null {
  if (document.origin !== installation) return 'origin'
  if (!sameReference(document.agreement, referenceOf(state))) return 'agreement'
  if (document.organisation !== caller.actor.organisation) return 'organisation'
  if (document.account !== caller.actor.account) return 'account'
  if (!signer || signer.organisation !== document.organisation) return 'roster'
  if (signer.roster.sequence !== document.roster.sequence) return 'roster'
  return signer.certificate === document.fingerprint ? null : 'fingerprint'
}

function sameReference(one: AgreementReference, other: AgreementReference): boolean {
  return one.id === other.id && one.version === other.version && one.hash === other.hash
}
