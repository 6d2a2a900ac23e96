// A lost password or authenticator is reset (ARCHITECTURE.md#reset). An administrator who sees the person opens it and says
// a code over; with it the person chooses a password and gets a new authenticator. Of an administrator a second person
// confirms it first: otherwise one of them alone could act as another.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import { isSamePerson, type Named } from './same-person.ts'
import type { Role } from '../roles.ts'
import type { AccountId, Bytes, Email, Instant, OrganisationId } from '../values.ts'
import type { Decision, NewCredentials } from './changes.ts'
import { tell } from './notifications.ts'

/** A reset can be completed for so long: who needs one is there. */
export const resetHours = 24

const administrator = 'organisation-administrator'

export interface Holder extends Named {
  readonly account: AccountId
}

export interface OpenResetFacts {
  /** Of the caller's organisation, not ended; null: there is none. */
  readonly holder: (Holder & { readonly roles: readonly Role[] }) | null
  readonly opener: Holder
  /** Who may confirm a reset of an administrator there. */
  readonly seconds: readonly Holder[]
}

export interface NewReset {
  readonly id: string
  readonly codeHash: Bytes
  readonly expiresAt: Instant
}

export interface OpenedReset {
  readonly id: string
  readonly expires: Instant
  readonly needsSecond: boolean
}

/** Whomever it is for. */
export function refuseToReset({ actor }: PersonCaller): Refusal | null {
  return actor.roles.includes(administrator) ? null : { code: 'ROLE_REQUIRED', detail: { role: administrator } }
}

export function decideOpenReset(
  { holder, opener, seconds }: OpenResetFacts,
  { email, caller, reset }: { readonly email: Email; readonly caller: PersonCaller; readonly reset: NewReset },
  at: Instant,
): Decision<OpenedReset> {
  const logs = [ownLog(caller)]
  const refused = (refusal: Refusal) => ({
    refusal,
    event: { event: 'account.reset.opened', logs, detail: { email } } as const,
  })
  const stands = refuseToReset(caller)
  if (stands) return refused(stands)
  if (holder === null) return refused({ code: 'NOT_FOUND' })
  if (isSamePerson(holder, opener)) return refused({ code: 'SECOND_PERSON_REQUIRED' })
  const needsSecond = holder.roles.includes(administrator)
  const others = seconds.filter((one) => !isSamePerson(one, holder) && !isSamePerson(one, opener))
  if (needsSecond && others.length === 0) return refused({ code: 'SECOND_PERSON_MISSING' })
  const { id, expiresAt } = reset
  const { account } = holder
  return {
    next: { id, expires: expiresAt, needsSecond },
    changes: [{ kind: 'identity.open-reset', reset: { ...reset, account, openedBy: opener.account, needsSecond }, at }],
    event: { event: 'account.reset.opened', logs, detail: { reset: id, email, needsSecond } },
    jobs: [
      tell(account, 'reset-opened'),
      ...(needsSecond ? others.map((one) => tell(one.account, 'reset-asked')) : []),
    ],
  }
}

/** One that was opened, whatever became of it. */
export interface StoredReset {
  readonly id: string
  readonly organisation: OrganisationId
  readonly holder: Holder
  readonly opener: Holder
  readonly expiresAt: Instant
  readonly needsSecond: boolean
  readonly confirmed: boolean
  readonly completed: boolean
  readonly withdrawn: boolean
}

const isOver = ({ completed, withdrawn, expiresAt }: StoredReset, at: Instant) =>
  completed || withdrawn || expiresAt <= at

export interface ResetFacts {
  /** Null: there is none of whom the caller may know. */
  readonly reset: StoredReset | null
  readonly me: Holder
  /** The caller may confirm resets of administrators there. */
  readonly isSecond: boolean
}

/** By another administrator than the one who opened it and the one whom it is for. */
export function decideConfirmReset(
  { reset, me, isSecond }: ResetFacts,
  { caller }: { readonly caller: PersonCaller },
  at: Instant,
): Decision<Record<string, never>> {
  const refused = (refusal: Refusal) => ({
    refusal,
    event: { event: 'account.reset.confirmed', logs: [ownLog(caller)], detail: {} } as const,
  })
  const stands = refuseToReset(caller)
  if (stands) return refused(stands)
  if (reset === null || !isSecond) return refused({ code: 'NOT_FOUND' })
  if (isSamePerson(me, reset.holder) || isSamePerson(me, reset.opener))
    return refused({ code: 'SECOND_PERSON_REQUIRED' })
  if (isOver(reset, at) || reset.confirmed || !reset.needsSecond) return refused({ code: 'RESET_ENDED' })
  const { id, organisation } = reset
  return {
    next: {},
    changes: [{ kind: 'identity.confirm-reset', reset: id, by: me.account, at }],
    event: {
      event: 'account.reset.confirmed',
      logs: logsOf(caller, organisation),
      detail: { reset: id, email: reset.holder.email },
    },
    jobs: [],
  }
}

/** By whom it is for, and by every administrator there: before it was completed it can be taken back. */
export function decideWithdrawReset(
  { reset, me }: Pick<ResetFacts, 'reset' | 'me'>,
  { caller }: { readonly caller: PersonCaller },
  at: Instant,
): Decision<Record<string, never>> {
  const logs = [ownLog(caller)]
  const refused = (refusal: Refusal) => ({
    refusal,
    event: { event: 'account.reset.withdrawn', logs, detail: {} } as const,
  })
  const { organisation, roles } = caller.actor
  const mayKnow =
    reset?.holder.account === me.account || (reset?.organisation === organisation && roles.includes(administrator))
  if (reset === null || !mayKnow) return refused({ code: 'NOT_FOUND' })
  if (isOver(reset, at)) return refused({ code: 'RESET_ENDED' })
  const { id, holder } = reset
  return {
    next: {},
    changes: [{ kind: 'identity.withdraw-reset', reset: id, at }],
    event: { event: 'account.reset.withdrawn', logs, detail: { reset: id, email: holder.email } },
    jobs: [],
  }
}

export interface CompletedReset {
  readonly reset: string
  readonly account: AccountId
  readonly email: Email
}

/** One answer for every wrong code and address: nobody learns who has an account, or whose reset is open. */
export function decideCompleteReset(
  { reset, email }: { readonly reset: StoredReset | null; readonly email: Email },
  credentials: Omit<NewCredentials, 'id'>,
  at: Instant,
): Decision<CompletedReset> {
  if (reset === null || isOver(reset, at)) {
    const logs = [{ kind: 'service' }] as const
    return { refusal: { code: 'RESET_INVALID' }, event: { event: 'account.reset.completed', logs, detail: { email } } }
  }
  const { id, organisation, holder } = reset
  const { account } = holder
  const event = {
    event: 'account.reset.completed',
    logs: [{ kind: 'organisation', id: organisation }],
    detail: { reset: id, email },
  } as const
  // Only who has the code learns this.
  if (reset.needsSecond && !reset.confirmed) return { refusal: { code: 'RESET_WAITING' }, event }
  return {
    next: { reset: id, account, email },
    changes: [
      { kind: 'identity.complete-reset', reset: id, at },
      { kind: 'identity.set-credentials', credentials: { ...credentials, id: account }, at },
      { kind: 'identity.end-others', account, except: null, at },
    ],
    event,
    jobs: [tell(account, 'reset-completed')],
  }
}

function logsOf(caller: PersonCaller, organisation: OrganisationId) {
  const own = ownLog(caller)
  return caller.actor.organisation === organisation ? [own] : [own, { kind: 'organisation', id: organisation } as const]
}
