// `safehand session list`: what is signed in as oneself.
import { accountOperations } from '#contract/accounts.ts'
import { dateInWords } from '#words/en/dates.ts'
import { type Context, signedInApi } from '../../context.ts'

export async function list(context: Context): Promise<void> {
  const access = await (await signedInApi(context)).call(accountOperations.access, {})
  const here = (current: boolean) => (current ? ', which you use now' : '')
  const sessions = access.sessions.map(
    ({ id, started, lastUsed, current }) =>
      `browser ${id}: since ${dateInWords(started)}, last used ${dateInWords(lastUsed)}${here(current)}`,
  )
  const tokens = access.tokens.map(
    ({ id, scopes, issued, expires, madeBy, current }) =>
      `token ${id}: since ${dateInWords(issued)}, until ${dateInWords(expires)}, for ${scopes.join(', ')}${
        madeBy === null ? '' : `, made with ${madeBy}`
      }${here(current)}`,
  )
  const ways =
    'To end one: safehand session end ID, or safehand token revoke ID. All others: safehand session end-others'
  context.output.result({ value: access, text: [...sessions, ...tokens, ways].join('\n') })
}
