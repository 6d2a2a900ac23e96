// Which roles a person has now (ARCHITECTURE.md#current-roles): what the organisation's current roster says, and
// nothing else - but for two things that keep an organisation from locking itself out, both only as far as registering
// signed documents.
import type { Role } from '../roles.ts'
import type { Instant } from '../values.ts'

export interface Standing {
  readonly firstAdministrator: boolean
  /** The organisation's newest roster; null before the first. `roles` is null when this person does not stand in it. */
  readonly roster: { readonly expires: Instant; readonly roles: readonly Role[] | null } | null
}

export function currentRoles({ firstAdministrator, roster }: Standing, at: Instant): readonly Role[] {
  // Invited by the operator, to register the first statement and roster.
  if (roster === null) return firstAdministrator ? ['organisation-administrator'] : []
  const roles = roster.roles ?? []
  if (roster.expires > at) return roles
  // Expired: only an administrator of it is still one, to register the next; what they bring is signed by a roster key.
  return roles.filter((role) => role === 'organisation-administrator')
}
