// The error of a transfer that broke off: whatever ended it is told together with the transfer, which can go on.
import type { TransferId } from '#domain/values.ts'
import type { Context } from '../context.ts'
import { CommandFailed } from '../terminal/exit-codes.ts'
import { createJournals, type Journals } from './journals.ts'

export class BrokeOff extends Error {
  override readonly name = 'BrokeOff'
  readonly transfer: TransferId

  constructor({ transfer, cause }: { readonly transfer: TransferId; readonly cause: unknown }) {
    super(`transfer ${transfer} broke off`, { cause })
    this.transfer = transfer
  }
}

/** Of a transfer that can only be given up, or wait for a file to be what it was. Nothing says that it goes on. */
export class CannotGoOn extends CommandFailed {}

/** Throws BrokeOff when a transfer was begun, or taken up, and has not ended. */
export async function underJournal<T>({ home }: Context, work: (journals: Journals) => Promise<T>): Promise<T> {
  await using journals = createJournals(home)
  try {
    return await work(journals)
  } catch (cause) {
    const [transfer] = journals.open
    throw transfer === undefined || cause instanceof CannotGoOn ? cause : new BrokeOff({ transfer, cause })
  }
}
