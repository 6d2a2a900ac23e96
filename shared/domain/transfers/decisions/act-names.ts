// What may be done with a transfer, by the names of its operations.

export const transferActNames = [
  'transfer.declare-files',
  'transfer.request-scan-certificate',
  'transfer.dispatch',
  'transfer.abandon',
  'transfer.approve',
  'transfer.add-recipient',
  'transfer.take',
  'transfer.give-back',
  'transfer.fetch',
  'transfer.bundle',
  'transfer.opened',
  'transfer.acknowledge',
  'transfer.report',
  'transfer.recall',
  'transfer.place-hold',
  'transfer.lift-hold',
  'transfer.state-destruction',
  'transfer.destruction-certificate',
] as const
export type TransferActName = (typeof transferActNames)[number]
