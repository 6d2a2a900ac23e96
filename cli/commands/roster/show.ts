// `safehand roster show`: the current roster, verified from the pinned root.
import { loadOwnOrganisation } from '#client/trust/own-organisation.ts'
import type { VerifiedOrganisation } from '#client/trust/verify-organisation.ts'
import { rosterWords } from '#words/en/organisations.ts'
import { type Context, signedInApi } from '../../context.ts'
import { ownOf } from '../../trust/own-organisation.ts'

export async function show(context: Context): Promise<void> {
  sayRoster(context, await loadOwnOrganisation(ownOf(context, await signedInApi(context))))
}

export function sayRoster({ output }: Context, own: VerifiedOrganisation, beside: object = {}): void {
  const { organisation, name, root, roster } = own
  const { reference, expires, teams } = roster
  const people = roster.people.map(({ account, name, email, certificate, encryptionSubkey, roles, teams }) => {
    return { account, name, email, certificate, encryptionSubkey, roles, teams }
  })
  output.result({
    value: { organisation, name, root, ...reference, expires, teams, people, ...beside },
    text: rosterWords(own),
  })
}
