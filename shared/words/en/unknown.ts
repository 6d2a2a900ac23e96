// What a person asked for and an agreement or its rosters do not have, in plain words.
import type { Unknown } from '#domain/transfers/request-in-words.ts'
import type { RosteredPerson } from '#domain/organisations/rostered.ts'
import { dateInWords } from './dates.ts'
import type { Words } from './refusals.ts'

type Ended = Pick<RosteredPerson, 'name' | 'email' | 'keyExpires'>

function endedKeyWords({ name, email, keyExpires }: Ended): string {
  return `the key of ${name} <${email}> expired${keyExpires === null ? '' : ` on ${dateInWords(keyExpires)}`}`
}

/** Of a team that is sent to without them. */
export function leftOutWords(recipient: string, leftOut: readonly Ended[]): string {
  return `${recipient}: ${leftOut.map(endedKeyWords).join('; ')}. They cannot open this, and are told. Once they have renewed or replaced their key, you or a colleague of theirs can let them in.`
}

export function describeUnknown(unknown: Unknown): Words {
  const { saw } = unknown
  switch (unknown.unknown) {
    case 'FLOW_UNKNOWN':
      return { title: `The agreement has no flow “${saw}”`, action: `It has: ${unknown.known.join(', ')}.` }
    case 'PURPOSE_UNKNOWN':
      return { title: `There is no purpose “${saw}”`, action: `This agreement has: ${unknown.known.join(', ')}.` }
    case 'KEY_EXPIRED':
      return {
        title: `“${saw}” cannot open what is sent now: ${unknown.ended.map(endedKeyWords).join('; ')}`,
        action: 'Whose key it is renews or replaces it; then try again. Tell them, if it is not yours.',
      }
    case 'RECIPIENT_UNKNOWN':
      return {
        title: `“${saw}” cannot collect at ${unknown.organisation}: its signed roster has no such caseworker or team`,
        action:
          'Check the spelling; a team is named by its name. If somebody is missing, ask them: their administrator signs the roster.',
      }
  }
}
