// What somebody may do with an agreement now, from the decisions themselves (ARCHITECTURE.md#permitted). It permits
// nothing: each act is decided again when it is done. What is imported is the next version.
import type { Refusal } from '../decision.ts'
import type { Instant } from '../values.ts'
import { type AgreementActName, agreementActNames } from './act-names.ts'
import { refuseToImport } from './decide-import.ts'
import { refuseToSign, type SignStanding } from './decide-sign.ts'

const refuses: Readonly<Record<AgreementActName, (standing: SignStanding, at: Instant) => Refusal | null>> = {
  'agreements.import': ({ caller }) => refuseToImport(caller),
  'agreements.sign': refuseToSign,
}

export function permitted(standing: SignStanding, at: Instant): readonly AgreementActName[] {
  return agreementActNames.filter((name) => refuses[name](standing, at) === null)
}
