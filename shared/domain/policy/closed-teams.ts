// Which teams are left with nobody: an officer sees it in the roster, before anybody tries to send to one.
import type { Team } from '../organisations/roster.ts'
import { canOpen, type ReadRoster } from '../organisations/rostered.ts'
import type { Instant } from '../values.ts'
import { isCaseworker } from './facts.ts'

/** Teams that nothing can be sent to: no caseworker, or none whose key is in force. */
export function closedTeams({ teams, people }: Pick<ReadRoster, 'teams' | 'people'>, now: Instant): readonly Team[] {
  const able = people.filter((one) => isCaseworker(one) && canOpen(one, now))
  return teams.filter(({ id }) => !able.some((one) => one.teams.includes(id)))
}
