// The operator's one act in an organisation's life: it exists, and one person is invited to administer it
// (ARCHITECTURE.md#bootstrap).
import type { NewInvitation } from '../identity/changes.ts'
import type { Instant, OrganisationId } from '../values.ts'
import type { Decision } from './changes.ts'

export interface RegisterOrganisation {
  readonly id: OrganisationId
  readonly name: string
  /** Of the first administrator; its roles are a proposal, as everyone's. */
  readonly invitation: NewInvitation
}

export function decideRegisterOrganisation(
  { id, name, invitation }: RegisterOrganisation,
  at: Instant,
): Decision<{ readonly organisation: OrganisationId }> {
  return {
    next: { organisation: id },
    changes: [
      { kind: 'organisations.add', id, name, at },
      { kind: 'identity.invite', invitation },
    ],
    event: {
      event: 'org.registered',
      logs: [{ kind: 'service' }, { kind: 'organisation', id }],
      detail: { name },
    },
    jobs: [],
  }
}
