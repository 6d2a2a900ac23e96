// Every change that is decided about a transfer, and what writes it.
import type { TransferChange } from '#domain/transfers/changes.ts'
import type { Writers } from '../writers.ts'
import { deliveryWriters } from './deliveries.ts'
import { dispatchWriters } from './dispatch.ts'
import { endingWriters } from './endings.ts'
import { holdWriters } from './holds.ts'
import { notificationWriters } from './notifications.ts'
import { reminderWriters } from './reminders.ts'
import { scanWriters } from './scanning.ts'
import { transferRowWriters } from './transfers.ts'
import { uploadWriters } from './uploads.ts'
import { wrappedKeyWriters } from './wrapped-keys.ts'

export const transferWriters = {
  ...transferRowWriters,
  ...deliveryWriters,
  ...dispatchWriters,
  ...wrappedKeyWriters,
  ...scanWriters,
  ...holdWriters,
  ...endingWriters,
  ...uploadWriters,
  ...reminderWriters,
  ...notificationWriters,
} satisfies Writers<TransferChange>
