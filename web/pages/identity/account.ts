// One's own account: who one is here, by whose word, and with which key.
import type { AccountView } from '#contract/identity.ts'
import { dateInWords } from '#words/en/dates.ts'
import { accessWords, accountWords as words, roleWords } from '#words/en/identity.ts'
import { govukSummaryList } from '../../components/govuk.ts'
import { html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

export function accountPage({ account }: { readonly account: AccountView }): Page {
  const { name, email, organisation, roles, proposedRoles, roster, key } = account
  const proposed = proposedRoles.filter((role) => !roles.includes(role))
  const said = [
    ...roles.map((role) => roleWords[role]),
    ...(roster === null ? proposed.map((role) => `${roleWords[role]} (${words.proposed})`) : []),
  ]
  const row = (text: string, value: string) => ({ key: { text }, value: { text: value } })
  return {
    title: words.title,
    content: html`${govukSummaryList({
      rows: [
        row(words.name, name),
        row(words.email, email),
        row(words.organisation, organisation.name),
        {
          key: { text: words.roles },
          value:
            said.length === 0
              ? { text: words.noRoles }
              : { html: html`<ul class="govuk-list">${said.map((one) => html`<li>${one}</li>`)}</ul>` },
        },
        row(words.roster, roster === null ? words.noRoster : dateInWords(roster.expires)),
        {
          key: { text: words.key },
          value:
            key === null
              ? { text: words.noKey }
              : { html: html`<code>${key.fingerprint}</code><br>${key.proven ? words.keyProven : words.keyUnproven}` },
        },
      ],
    })}
<p class="govuk-body"><a class="govuk-link" href="/account/access">${accessWords.link}</a></p>`,
  }
}
