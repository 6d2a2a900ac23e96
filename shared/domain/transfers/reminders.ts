// Of reminders, what is stored: to whom one was sent, at which stage.
import type { AccountId, TeamId } from '../values.ts'

/**
 * Not collected: the recipient first; then the sender, and who answers for information at the recipient's organisation.
 * Recalled, and nobody said what became of a copy: the recipient before it is due; then they and everyone who answers for it.
 */
export const reminderStages = ['recipient', 'sender', 'destruction-due', 'destruction-overdue'] as const
export type ReminderStage = (typeof reminderStages)[number]

export interface Reminded {
  readonly stage: ReminderStage
  /** About whose delivery. */
  readonly recipient: AccountId | TeamId
}
