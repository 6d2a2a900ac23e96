// Of reminders, what is stored: to whom one was sent, at which stage.
import type { AccountId, TeamId } from '../values.ts'

/** The recipient first; then the sender, and who answers for information at the recipient's organisation. */
export const reminderStages = ['recipient', 'sender'] as const
export type ReminderStage = (typeof reminderStages)[number]

export interface Reminded {
  readonly stage: ReminderStage
  /** About whose delivery. */
  readonly recipient: AccountId | TeamId
}
