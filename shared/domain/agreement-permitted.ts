// What somebody may do with an agreement now, from the decisions themselves (ARCHITECTURE.md#permitted). It permits
// nothing: each act is decided again when it is done. What is imported is the next version; what is sent goes by the version
// in force, and what is signed is the newest.
import { type AgreementActName, agreementActNames } from './agreements/act-names.ts'
import { refuseToImport } from './agreements/decide-import.ts'
import { refuseToSign } from './agreements/decide-sign.ts'
import type { AgreementState } from './agreements/state.ts'
import type { PersonCaller } from './caller.ts'
import type { Refusal } from './decision.ts'
import { refuseToDraft } from './transfers/decisions/decide-draft.ts'
import type { Instant } from './values.ts'

export interface ShownAgreement {
  readonly caller: PersonCaller
  /** The version that is shown, where it is the newest. */
  readonly newest: AgreementState | null
  /** The version that is shown, where it is the one in force. */
  readonly inForce: AgreementState | null
}

const refuses: Readonly<Record<AgreementActName, (shown: ShownAgreement, at: Instant) => Refusal | null>> = {
  'transfer.draft': ({ caller, inForce }, at) => refuseToDraft({ caller, state: inForce }, at),
  'agreements.import': ({ caller }) => refuseToImport(caller),
  'agreements.sign': ({ caller, newest }, at) => refuseToSign({ caller, state: newest }, at),
}

export function permitted(shown: ShownAgreement, at: Instant): readonly AgreementActName[] {
  return agreementActNames.filter((name) => refuses[name](shown, at) === null)
}
