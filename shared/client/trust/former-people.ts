// Who stood in an earlier signed roster and does not stand in the last: whom a service offers again, and as whom. Each
// verified roster is asked, so that it needs no memory of this machine, and no word of the service.
import type { AwaitingPerson } from '#contract/organisations.ts'
import type { KnownOrganisation, RosteredPerson } from '#domain/organisations/rostered.ts'
import { isSamePerson } from '#domain/identity/same-person.ts'
import type { AccountId } from '#domain/values.ts'
import { TrustRefused } from './trust-refused.ts'

export interface Former {
  readonly name: string
  readonly email: string
  /** Of the last roster that had them. */
  readonly sequence: number
}

export interface Standing {
  readonly last: KnownOrganisation | null
  /** Whom the next roster leaves out. */
  readonly leaving: ReadonlySet<AccountId>
}

/** Who has left and is, or looks like, this person; null: nobody. Who stays, or comes with another key, has not left. */
export function formerOf(person: AwaitingPerson, { last, leaving }: Standing): Former | null {
  if (!last || last.roster.people.some(({ account }) => account === person.account)) return null
  const staying = new Set(last.roster.people.map(({ account }) => account)).difference(leaving)
  for (const { people, reference } of latestFirst(last)) {
    const found = people.find((one) => !staying.has(one.account) && isOrLooksLike(one, person))
    if (found) return { name: found.name, email: found.email, sequence: reference.sequence }
  }
  return null
}

function isOrLooksLike(one: RosteredPerson, person: AwaitingPerson): boolean {
  return one.account === person.account || isSamePerson(one, person)
}

/**
 * A key stays its holder's, an account its address's, and an address has one account: a true service offers nobody with
 * what is somebody else's, whether they still stand in a roster, have left, or wait as well. Throws TrustRefused.
 */
export function refuseSomebodyElses(awaiting: readonly AwaitingPerson[], { last, leaving }: Standing): void {
  const waiting = new Map<string, AwaitingPerson>()
  const rostered = last ? latestFirst(last) : []
  const addresses = new Map(last?.roster.people.map((one) => [one.email, one]))
  const refuse = (person: AwaitingPerson, other: Pick<AwaitingPerson, 'name' | 'email'>) => {
    const saw = `${person.name} <${person.email}> with what is ${other.name}’s <${other.email}>`
    return new TrustRefused({ code: 'TRUST_PERSON_RENAMED', saw })
  }
  for (const person of awaiting) {
    const { account, email, certificate, encryptionSubkey } = person
    for (const value of [account, email, certificate, encryptionSubkey]) {
      const other = waiting.get(value)
      if (other && other !== person) throw refuse(person, other)
      waiting.set(value, person)
    }
    const holder = addresses.get(email)
    if (holder && holder.account !== account && !leaving.has(holder.account)) throw refuse(person, holder)
    for (const { people } of rostered) {
      const other = people.find((one) => isSomebodyElse(one, person))
      if (other) throw refuse(person, other)
    }
  }
}

function isSomebodyElse(one: RosteredPerson, person: AwaitingPerson): boolean {
  if (one.account === person.account) return one.email !== person.email
  return one.certificate === person.certificate || one.encryptionSubkey === person.encryptionSubkey
}

function latestFirst({ rosters }: KnownOrganisation) {
  return [...rosters.values()].toSorted((one, other) => other.reference.sequence - one.reference.sequence)
}
