// What somebody may do for their organisation now, from the decisions themselves (ARCHITECTURE.md#permitted). It permits
// nothing: each act is decided again when it is done.
import type { PersonCaller } from '../caller.ts'
import type { Refusal } from '../decision.ts'
import { type OrganisationActName, organisationActNames } from './act-names.ts'
import { refuseToSubmit } from './submission.ts'

const refuses: Readonly<Record<OrganisationActName, (caller: PersonCaller) => Refusal | null>> = {
  'organisation.register-statement': refuseToSubmit,
  'organisation.register-roster': refuseToSubmit,
}

export function permitted(caller: PersonCaller): readonly OrganisationActName[] {
  return organisationActNames.filter((name) => refuses[name](caller) === null)
}
