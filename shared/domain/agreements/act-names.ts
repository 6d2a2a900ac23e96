// What may be done with an agreement, by the names of the operations.

export const agreementActNames = ['transfer.draft', 'agreements.import', 'agreements.sign'] as const
export type AgreementActName = (typeof agreementActNames)[number]
