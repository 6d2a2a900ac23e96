// What may be done for one's organisation, by the names of the operations.

export const organisationActNames = ['organisation.register-statement', 'organisation.register-roster'] as const
export type OrganisationActName = (typeof organisationActNames)[number]
