// Every use case of identity: who one is, signing in and out, tokens, invitations.
import type { UseCase } from '../use-case.ts'
import { endOthers, endSession, revokeToken, showAccess } from './access.ts'
import { showAccount } from './account.ts'
import { deactivate } from './deactivate.ts'
import { acceptInvitation, invite } from './invitations.ts'
import { changePassword } from './password.ts'
import { completeReset, confirmReset, listResets, openReset, withdrawReset } from './resets.ts'
import { signIn, signOut } from './session.ts'
import { issueToken, signInForToken } from './tokens.ts'

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
  changePassword,
  listResets,
  openReset,
  confirmReset,
  withdrawReset,
  completeReset,
  deactivate,
]
