// What a person asked for and an agreement or its rosters do not have, in plain words.
import type { Unknown } from '#domain/transfers/request-in-words.ts'
import type { Words } from './refusals.ts'

export function describeUnknown(unknown: Unknown): Words {
  const { saw } = unknown
  switch (unknown.unknown) {
    case 'FLOW_UNKNOWN':
      return { title: `The agreement has no flow “${saw}”`, action: `It has: ${unknown.known.join(', ')}.` }
    case 'PURPOSE_UNKNOWN':
      return { title: `There is no purpose “${saw}”`, action: `This agreement has: ${unknown.known.join(', ')}.` }
    case 'RECIPIENT_UNKNOWN':
      return {
        title: `“${saw}” cannot collect at ${unknown.organisation}: its signed roster has no such caseworker or team`,
        action:
          'Check the spelling; a team is named by its name. If somebody is missing, ask them: their administrator signs the roster.',
      }
  }
}
