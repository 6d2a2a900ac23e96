// Changing one's password: who does it shows the old one and a code, as at sign-in, so that a session left open changes
// nothing. Whatever else was signed in is ended: somebody may have known the old one.
import { ownLog, type PersonCaller } from '../caller.ts'
import type { AccountId, Instant } from '../values.ts'
import type { AccessView, EndedOthers } from './decide-access.ts'
import type { Decision } from './changes.ts'
import { tell } from './notifications.ts'

export interface PasswordFacts {
  /** Whose password and code were shown; null: something was wrong, or used up. */
  readonly shownBy: AccountId | null
  readonly access: AccessView
}

export function decideChangePassword(
  { shownBy, access }: PasswordFacts,
  { caller, passwordHash }: { readonly caller: PersonCaller; readonly passwordHash: string },
  at: Instant,
): Decision<EndedOthers> {
  const { account } = caller.actor
  const logs = [ownLog(caller)]
  if (shownBy !== account) {
    return { refusal: { code: 'SIGN_IN_FAILED' }, event: { event: 'account.password.changed', logs, detail: {} } }
  }
  const others = (all: readonly { readonly id: string }[]) => all.filter(({ id }) => id !== caller.session).length
  const ended = { sessions: others(access.sessions), tokens: others(access.tokens) }
  return {
    next: ended,
    changes: [
      { kind: 'identity.set-password', account, passwordHash },
      { kind: 'identity.end-others', account, except: caller.session, at },
    ],
    event: { event: 'account.password.changed', logs, detail: ended },
    jobs: [tell(account, 'password-changed')],
  }
}
