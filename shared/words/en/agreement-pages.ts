// What the pages of agreements say around what is said of an agreement everywhere (agreements.ts).

export const agreementPageWords = {
  title: 'Agreements',
  none: 'Your organisation is a party to no agreement here, so nothing can be sent yet. Your information officer brings one.',
  reference: 'Reference',
  parties: 'Parties',
  state: 'State',
  until: 'Until',
  review: 'Review on',
  inForce: 'In force',
  unsigned: 'Not signed by all',
  signed: 'signed',
  notSigned: 'not signed yet',
  notBegun: 'Signed, not in force yet',
  version: 'Version',
  purpose: 'Purpose',
  from: 'From',
  expires: 'Ends',
  flows: 'What may be sent',
  items: 'Information',
  purposes: 'Purposes',
  marking: 'At most',
  limits: 'Limits',
  twoPeople: 'Two people',
  newer: 'A newer version waits for signatures.',
  believe:
    'This page shows what the service stores. Your own program believes an agreement only after it has checked its signatures under your organisation’s root.',
} as const
