// Which wrapped key is whose: those that the verified note names, and those of its verified addenda. Any other that a service
// gives is nobody's (ARCHITECTURE.md#add-a-recipient).
import type { WrappedFor } from '#domain/transfers/documents/dispatch-note.ts'
import { TrustRefused } from '../trust/trust-refused.ts'
import type { VerifiedAddendum } from './verify-addenda.ts'
import type { VerifiedNote } from './verify-note.ts'
import type { VerifiedPerson } from '../trust/verify-rosters.ts'

export interface Reading {
  readonly person: VerifiedPerson
  readonly keySet: number
  /** To the note; nobody else was added. */
  readonly addenda?: readonly VerifiedAddendum[]
}

/** What was wrapped for this person's key of today, in the key set of one file. Throws TrustRefused TRUST_NOTE. */
export function wrappedFor({ note }: VerifiedNote, { person, keySet, addenda = [] }: Reading): WrappedFor {
  const added = addedFor(person, { keySet, addenda })
  if (added) return added
  const addressed = note.recipients.some((recipient) =>
    recipient.kind === 'person' ? recipient.account === person.account : person.teams.includes(recipient.team),
  )
  if (!addressed) throw refuse('recipients without you')
  const set = note.keySets.find(({ id }) => id === keySet)
  const mine = set?.wrapped.find(
    ({ account, encryptionSubkey }) => account === person.account && encryptionSubkey === person.encryptionSubkey,
  )
  if (!mine) throw refuse('no wrapped key for you')
  return mine
}

/** By an addendum, for the key of today, as themselves or in a team that they stand in today. */
function addedFor(
  { account, encryptionSubkey, teams }: VerifiedPerson,
  { keySet, addenda }: Required<Omit<Reading, 'person'>>,
): WrappedFor | null {
  const mine = addenda.find(
    ({ addendum: { reader, recipient } }) =>
      reader.account === account &&
      reader.encryptionSubkey === encryptionSubkey &&
      (recipient.kind === 'person' || teams.includes(recipient.team)),
  )
  const packet = mine?.addendum.wrapped.find((one) => one.keySet === keySet)
  return packet ? { account, encryptionSubkey, pkesk: packet.pkesk } : null
}

/** Whether there is a packet for their key of today: a later member has none, nor who replaced their key. */
export function hasWrappedKey({ note }: VerifiedNote, { person, addenda = [] }: Omit<Reading, 'keySet'>): boolean {
  return note.keySets.every(
    ({ id, wrapped }) =>
      addedFor(person, { keySet: id, addenda }) !== null ||
      wrapped.some(
        ({ account, encryptionSubkey }) => account === person.account && encryptionSubkey === person.encryptionSubkey,
      ),
  )
}

function refuse(saw: string): TrustRefused {
  return new TrustRefused({ code: 'TRUST_NOTE', saw })
}
