// What somebody may do at all, whatever they give, from the decisions of every noun (ARCHITECTURE.md#permitted). It permits
// nothing: each act is decided again when it is done.
import { refuseToImport } from './agreements/decide-import.ts'
import type { PersonCaller } from './caller.ts'
import type { Refusal } from './decision.ts'
import { type AccountActName, accountActNames } from './identity/act-names.ts'
import { refuseToDeactivate } from './identity/decide-deactivate.ts'
import { refuseToReset } from './identity/decide-reset.ts'
import { refuseToInvite } from './identity/decide-invitations.ts'
import { refuseToSubmit } from './organisations/submission.ts'
import { refuseToManage } from './webhooks/decide-webhooks.ts'

const refuses: Readonly<Record<AccountActName, (caller: PersonCaller) => Refusal | null>> = {
  'account.invite': refuseToInvite,
  'account.deactivate': refuseToDeactivate,
  'account.open-reset': refuseToReset,
  'account.confirm-reset': refuseToReset,
  'agreements.import': refuseToImport,
  'organisation.register-statement': refuseToSubmit,
  'organisation.register-roster': refuseToSubmit,
  'webhook.register': refuseToManage,
}

export function permitted(caller: PersonCaller): readonly AccountActName[] {
  return accountActNames.filter((name) => refuses[name](caller) === null)
}
