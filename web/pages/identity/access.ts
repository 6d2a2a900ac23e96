// What is signed in as oneself: browsers, and the tokens of command lines and machines; each can be ended here.
import type { accountOperations } from '#contract/accounts.ts'
import type { Got } from '#contract/operation.ts'
import { dateInWords } from '#words/en/dates.ts'
import { accessWords as words } from '#words/en/identity.ts'
import { cards } from '../../components/cards.ts'
import { type Entered, hidden, postForm } from '../../components/form.ts'
import { govukButton } from '../../components/govuk.ts'
import { html, type Html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

type Access = Got<typeof accountOperations.access.reply>

export function accessPage({ access, entered }: { readonly access: Access; readonly entered: Entered }): Page {
  const { sessions, tokens } = access
  const others = [...sessions, ...tokens].filter(({ current }) => !current).length
  return {
    title: words.title,
    back: { href: '/account', text: words.back },
    wide: true,
    content: html`<p class="govuk-body">${words.what}</p>
<h2 class="govuk-heading-m">${words.sessions}</h2>
${cards({
  caption: words.sessions,
  heads: [words.began, words.lastUsed, words.end],
  rows: sessions.map(({ id, started, lastUsed, current }) => [
    html`${dateInWords(started)}${current && html`<br><strong>${words.current}</strong>`}`,
    html`${dateInWords(lastUsed)}`,
    current ? html`${words.bySigningOut}` : end(entered, { session: id }, dateInWords(started)),
  ]),
})}
<h2 class="govuk-heading-m">${words.tokens}</h2>
${
  tokens.length === 0
    ? html`<p class="govuk-body">${words.noTokens}</p>`
    : cards({
        caption: words.tokens,
        heads: [words.began, words.scopes, words.until, words.end],
        rows: tokens.map(({ id, issued, expires, scopes }) => [
          html`${dateInWords(issued)}`,
          html`${scopes.join(', ')}`,
          html`${dateInWords(expires)}`,
          end(entered, { token: id }, dateInWords(issued)),
        ]),
      })
}
${
  others > 0 &&
  postForm(
    '/account/access',
    entered,
    html`${hidden('others', 'all')}${govukButton({ text: words.endOthers, classes: 'govuk-button--warning', preventDoubleClick: true })}`,
  )
}`,
  }
}

function end(entered: Entered, what: Readonly<Record<string, string>>, which: string): Html {
  const fields = Object.entries(what).map(([name, value]) => hidden(name, value))
  return postForm(
    '/account/access',
    entered,
    html`${fields}<button type="submit" class="safehand-link-button govuk-link">${words.endOne}<span class="govuk-visually-hidden"> ${words.thatBegan} ${which}</span></button>`,
  )
}
