// Where an agreement stands at an instant, whoever asks for whatever: signed by all, put in force, begun, not past its review or
// its end. What the policy asks first of every transfer.
import type { Agreement, Party } from '../agreements/agreement.ts'
import { refuseEnded } from '../agreements/entries.ts'
import type { Refusal } from '../decision.ts'
import { londonDay } from '../time.ts'
import type { Day, Instant, OrganisationId } from '../values.ts'

export interface AgreementAsItStands {
  readonly agreement: Pick<Agreement, 'version' | 'effectiveFrom' | 'reviewOn' | 'expiresOn'> & {
    readonly parties: readonly Pick<Party, 'organisation' | 'name'>[]
  }
  readonly activatedAt: Instant | null
  /** Parties whose signature is missing. */
  readonly unsigned: readonly OrganisationId[]
}

type Check = (asked: AgreementAsItStands, today: Day) => Refusal | null

/** In the order in which people are told what to put right. */
const checks = {
  unsigned: everyPartySigned,
  'not-in-force': agreementActive,
  'not-begun': agreementBegun,
  ended: ({ agreement }, today) => refuseEnded(agreement, today),
  'review-overdue': reviewNotOverdue,
} as const satisfies Record<string, Check>

export type AgreementStanding = keyof typeof checks | 'in-force'

export function standingOf(asked: AgreementAsItStands, at: Instant): AgreementStanding {
  const today = londonDay(at)
  const names = Object.keys(checks) as (keyof typeof checks)[]
  return names.find((name) => checks[name](asked, today) !== null) ?? 'in-force'
}

/** Nothing is sent by an agreement that this refuses: AGR_NOT_SIGNED, AGR_EXPIRED, AGR_REVIEW_OVERDUE. */
export function refuseByAgreement(asked: AgreementAsItStands, at: Instant): Refusal | null {
  const standing = standingOf(asked, at)
  return standing === 'in-force' ? null : checks[standing](asked, londonDay(at))
}

function everyPartySigned({ agreement, unsigned }: AgreementAsItStands): Refusal | null {
  const [missing] = unsigned
  if (missing === undefined) return null
  const party = agreement.parties.find(({ organisation }) => organisation === missing)
  return {
    code: 'AGR_NOT_SIGNED',
    clause: 'parties',
    detail: { organisation: party?.name ?? missing, version: agreement.version },
  }
}

function agreementActive({ agreement, activatedAt }: AgreementAsItStands): Refusal | null {
  return activatedAt === null
    ? { code: 'AGR_NOT_SIGNED', clause: 'parties', detail: { version: agreement.version } }
    : null
}

function agreementBegun({ agreement }: AgreementAsItStands, today: Day): Refusal | null {
  return today < agreement.effectiveFrom
    ? { code: 'AGR_NOT_SIGNED', clause: 'effectiveFrom', detail: { from: agreement.effectiveFrom } }
    : null
}

function reviewNotOverdue({ agreement }: AgreementAsItStands, today: Day): Refusal | null {
  return today > agreement.reviewOn
    ? { code: 'AGR_REVIEW_OVERDUE', clause: 'reviewOn', detail: { on: agreement.reviewOn } }
    : null
}
