// What an account may do that begins something, by the names of the operations. What everybody may do who is signed in
// (their own tokens and keys) is not among them.

export const accountActNames = [
  'account.invite',
  'account.deactivate',
  'account.open-reset',
  'account.confirm-reset',
  'agreements.import',
  'organisation.register-statement',
  'organisation.register-roster',
  'webhook.register',
] as const
export type AccountActName = (typeof accountActNames)[number]
