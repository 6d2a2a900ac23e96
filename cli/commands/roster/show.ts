// `safehand roster show`: the current roster, verified from the pinned root.
import { loadOwnOrganisation } from '#client/trust/own-organisation.ts'
import type { VerifiedOrganisation } from '#client/trust/verify-organisation.ts'
import { closedTeams } from '#domain/policy/closed-teams.ts'
import { rosterWords } from '#words/en/organisations.ts'
import { type Context, signedInApi } from '../../context.ts'
import { ownOf } from '../../trust/own-organisation.ts'

export async function show(context: Context): Promise<void> {
  sayRoster(context, await loadOwnOrganisation(ownOf(context, await signedInApi(context))))
}

export function sayRoster({ io, output }: Context, own: VerifiedOrganisation, beside: object = {}): void {
  const { organisation, name, root, roster } = own
  const { reference, expires, teams } = roster
  const people = roster.people.map(
    ({ account, name, email, certificate, encryptionSubkey, keyExpires, roles, teams }) => {
      return { account, name, email, certificate, encryptionSubkey, keyExpires, roles, teams }
    },
  )
  const closed = closedTeams(roster, io.now()).map(({ id }) => id)
  output.result({
    value: { organisation, name, root, ...reference, expires, teams, closedTeams: closed, people, ...beside },
    text: rosterWords(own, io.now()),
  })
}
