// Agreements: the list, and one of them: who its parties are, what may be sent under it, until when.
import type { agreementOperations } from '#contract/agreements.ts'
import type { Got } from '#contract/operation.ts'
import type { Agreement, Flow } from '#domain/agreements/agreement.ts'
import type { OrganisationId } from '#domain/values.ts'
import { agreementPageWords as words } from '#words/en/agreement-pages.ts'
import { flowLimitsWords, secondPersonWords } from '#words/en/agreements.ts'
import { dayInWords } from '#words/en/dates.ts'
import { cards } from '../../components/cards.ts'
import { govukInsetText, govukSummaryList, govukTag } from '../../components/govuk.ts'
import { html, type Html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

type Listed = Got<typeof agreementOperations.list.reply>
type Summary = Listed['agreements'][number]

export function agreementsPage({ agreements }: Listed): Page {
  return {
    title: words.title,
    wide: true,
    content:
      agreements.length === 0
        ? html`<p class="govuk-body">${words.none}</p>`
        : cards({
            caption: words.title,
            heads: [words.reference, words.parties, words.state, words.review, words.until],
            rows: agreements.map(row),
          }),
  }
}

function row(one: Summary): readonly Html[] {
  return [
    html`<a class="govuk-link" href="/agreements/${one.id}">${one.reference}</a><br><span class="govuk-!-font-weight-regular">${one.title}</span>`,
    partiesOf(one),
    stateTag(one),
    html`${dayInWords(one.reviewOn)}`,
    html`${dayInWords(one.expiresOn)}`,
  ]
}

function partiesOf({ parties }: Pick<Summary, 'parties'>): Html {
  return html`${parties.map(({ name, signed }) => html`<div>${name}, ${signed ? words.signed : words.notSigned}</div>`)}`
}

function stateTag({ activatedAt, parties }: Summary): Html {
  if (activatedAt !== null) return govukTag({ text: words.inForce, classes: 'govuk-tag--green' })
  const text = parties.every(({ signed }) => signed) ? words.notBegun : words.unsigned
  return govukTag({ text, classes: 'govuk-tag--yellow' })
}

/** `summary`: of its newest version; null: it is in none of the reader's lists. */
export function agreementPage({
  agreement,
  summary,
}: {
  readonly agreement: Agreement
  readonly summary: Summary | null
}): Page {
  const { reference, version, title, purpose, effectiveFrom, reviewOn, expiresOn, flows } = agreement
  const row = (text: string, value: string | Html) => ({
    key: { text },
    value: typeof value === 'string' ? { text: value } : { html: value },
  })
  return {
    title: `${reference}: ${title}`,
    back: { href: '/agreements', text: words.title },
    content: html`${summary && html`<p>${stateTag(summary)}</p>`}
${summary && summary.version > version && govukInsetText({ text: words.newer })}
${govukSummaryList({
  rows: [
    row(words.version, String(version)),
    row(words.purpose, purpose.statement),
    ...(summary ? [row(words.parties, partiesOf(summary))] : []),
    row(words.from, dayInWords(effectiveFrom)),
    row(words.review, dayInWords(reviewOn)),
    row(words.expires, dayInWords(expiresOn)),
  ],
})}
<h2 class="govuk-heading-m">${words.flows}</h2>
${flows.map((flow) => flowOf(flow, agreement))}
<p class="govuk-body">${words.believe}</p>`,
  }
}

function flowOf(flow: Flow, { parties }: Agreement): Html {
  const nameOf = (id: OrganisationId) => parties.find(({ organisation }) => organisation === id)?.name ?? id
  const both = secondPersonWords(flow)
  return html`<h3 class="govuk-heading-s">${nameOf(flow.from)} – ${nameOf(flow.to)} <code>${flow.code}</code></h3>
${govukSummaryList({
  rows: [
    { key: { text: words.purposes }, value: { text: flow.purposes.join(', ') } },
    { key: { text: words.items }, value: { text: flow.items.join(', ') } },
    { key: { text: words.marking }, value: { text: flow.maxMarking } },
    { key: { text: words.limits }, value: { text: flowLimitsWords(flow) } },
    ...(both === null ? [] : [{ key: { text: words.twoPeople }, value: { text: both } }]),
  ],
})}`
}
