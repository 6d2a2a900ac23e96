// What a computer needs for sending and collecting, tried by a script (web/client/check-computer.ts) in the rows of this table.
import { checkWords as words } from '#words/en/service-pages.ts'
import { govukInsetText } from '../../components/govuk.ts'
import { html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

export interface Check {
  /** The service's clock, to which the computer's is compared. */
  readonly now: string
  /** The digest of the list of all that browsers are given here. */
  readonly bundle: string
}

export function checkPage({ now, bundle }: Check): Page {
  return {
    title: words.title,
    scripts: ['check-computer.js'],
    content: html`<p class="govuk-body">${words.intro}</p>
<noscript>${govukInsetText({ text: words.needsScripts })}</noscript>
<table class="govuk-table safehand-cards" data-check data-now="${now}" data-works="${words.works}" data-missing="${words.missing}">
<caption class="govuk-visually-hidden">${words.title}</caption>
<thead class="govuk-table__head"><tr class="govuk-table__row"><th scope="col" class="govuk-table__header">${words.what}</th><th scope="col" class="govuk-table__header">${words.result}</th></tr></thead>
<tbody class="govuk-table__body" aria-live="polite">${Object.entries(words.needs).map(
      ([need, text]) =>
        html`<tr class="govuk-table__row"><th scope="row" class="govuk-table__header">${text}</th><td class="govuk-table__cell" data-name="${words.result}" data-need="${need}">${words.waiting}</td></tr>`,
    )}</tbody>
</table>
<p class="govuk-body">${words.floor}</p>
<p class="govuk-body">${words.forIt}</p>
<h2 class="govuk-heading-m">${words.bundle}</h2>
<p class="govuk-body">${words.bundleWhat}</p>
<p class="govuk-body"><code>${bundle}</code></p>`,
  }
}
