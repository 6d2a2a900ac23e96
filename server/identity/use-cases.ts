// Every use case of identity: who one is, signing in and out, tokens, invitations.
import { identityOperations } from '#contract/identity.ts'
import { permitted } from '#domain/account-permitted.ts'
import { decideShowAccount } from '#domain/identity/decide-read.ts'
import { loadAccountView } from '#store/identity.ts'
import { asDecided, type UseCase, useCase } from '../use-case.ts'
import { endOthers, endSession, revokeToken, showAccess } from './access.ts'
import { deactivate } from './deactivate.ts'
import { acceptInvitation, invite } from './invitations.ts'
import { signIn, signOut } from './session.ts'
import { issueToken, signInForToken } from './tokens.ts'

export const showAccount = useCase(identityOperations.account, {
  load: (tx, { caller }, { now }) => loadAccountView(tx, { account: caller.actor.account, at: now() }),
  decide: (view, { caller }) => decideShowAccount({ ...view, permitted: permitted(caller) }, caller),
  present: asDecided,
})

export const identityUseCases: readonly UseCase[] = [
  signIn,
  signOut,
  signInForToken,
  issueToken,
  revokeToken,
  showAccount,
  invite,
  acceptInvitation,
  showAccess,
  endSession,
  endOthers,
  deactivate,
]
