// Names for the ids in what pages show of transfers, as the service knows them.
import type { TransferSummary } from '#contract/transfers/view.ts'
import type { Person } from '#domain/caller.ts'
import type { AccountId, OrganisationId } from '#domain/values.ts'
import { type Names, namesIn } from '#present/names.ts'
import type { Database } from '#store/database.ts'
import { loadShownNames } from '#store/shown-names.ts'

interface Reading {
  readonly database: Database
  readonly person: Person
}

/** `others`: accounts that a view names beside those of its deliveries. */
export async function loadNames(
  { database, person }: Reading,
  transfers: readonly TransferSummary[],
  others: readonly { readonly account: AccountId; readonly organisation: OrganisationId }[] = [],
): Promise<Names> {
  const { account, organisation: reader } = person
  const named = [...transfers.flatMap(peopleOf), ...others, { account, organisation: reader }]
  const organisations = new Set([...named.map(({ organisation }) => organisation)])
  const accounts = new Set(named.flatMap(({ account: one }) => (one === null ? [] : [one])))
  const shown = await loadShownNames(database, {
    reader,
    organisations: [...organisations],
    accounts: [...accounts],
  })
  const find = (id: OrganisationId) => shown.find((one) => one.id === id)
  return namesIn(
    {
      own: reader,
      partyOf: (id) => find(id) ?? null,
      people: (id) => find(id)?.people ?? [],
      nameOf(recipient) {
        const at = find(recipient.organisation)
        if (recipient.kind === 'team') return at?.teams.find(({ id }) => id === recipient.team)?.name ?? null
        return at?.people.find((one) => one.account === recipient.account)?.name ?? null
      },
    },
    account,
  )
}

function peopleOf({ sender, deliveries }: TransferSummary) {
  return [
    sender,
    ...deliveries.flatMap(({ recipient, collectedBy, takenBy, acknowledgedBy }) =>
      [recipient.kind === 'person' ? recipient.account : null, collectedBy, takenBy, acknowledgedBy].map((account) => ({
        account,
        organisation: recipient.organisation,
      })),
    ),
  ]
}
