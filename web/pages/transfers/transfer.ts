// One transfer: where it stands, what its reader can do, who has it, what happened. And the page that asks before a recall.
import type { TransferView } from '#contract/transfers/view.ts'
import type { TransferPicture } from '#present/transfer.ts'
import { dateInWords } from '#words/en/dates.ts'
import { nextActWords, recallPageWords, transferNumber, transferPageWords as words } from '#words/en/transfer-pages.ts'
import { type Entered, field, hidden, postForm } from '../../components/form.ts'
import { govukButton, govukSummaryList, govukTextarea } from '../../components/govuk.ts'
import { html, type Html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'
import { type Moment, timeline } from '../../components/timeline.ts'
import { stateTag } from './list.ts'

export interface TransferToShow {
  readonly view: TransferView
  readonly picture: TransferPicture
  readonly sender: string
  /** The agreement's reference and title, for who may read it. */
  readonly agreement: string | null
  /** Who worked on each delivery, in words. */
  readonly moments: readonly Moment[]
  readonly sentByReader: boolean
  readonly entered: Entered
}

export function transferPage({
  view,
  picture,
  sender,
  agreement,
  moments,
  sentByReader,
  entered,
}: TransferToShow): Page {
  const { transfer, caseReference, purpose, items, marking, handlingInstruction, files } = view
  const row = (text: string, value: string | Html) => ({
    key: { text },
    value: typeof value === 'string' ? { text: value } : { html: value },
  })
  const size = files.reduce((sum, { length }) => sum + length, 0)
  return {
    title: words.title(transferNumber(transfer)),
    back: sentByReader ? { href: '/sent', text: words.backSent } : { href: '/received', text: words.backReceived },
    content: html`<p>${stateTag(view)}</p>
<p class="govuk-body-l">${picture.state}</p>
${picture.because.map((text) => html`<p class="govuk-body">${text}</p>`)}
${actsOf(view, picture, entered)}
${govukSummaryList({
  rows: [
    row(words.from, sender),
    ...(caseReference === null ? [] : [row(words.reference, caseReference)]),
    row(
      words.agreement,
      agreement === null
        ? view.agreement.id
        : html`<a class="govuk-link" href="/agreements/${view.agreement.id}">${agreement}</a>`,
    ),
    row(words.purpose, purpose),
    row(words.items, items.join(', ')),
    row(words.marking, handlingInstruction === null ? marking : `${marking}: ${handlingInstruction}`),
    // The list of names is one of them, and nobody counts it.
    row(words.files, words.filesWords(Math.max(files.length - 1, 0), sizeInWords(size))),
    row(words.fullNumber, transfer),
  ],
})}
<h2 class="govuk-heading-m">${words.readers}</h2>
${list([...picture.deliveries, ...picture.added])}
${picture.ending.length > 0 && list(picture.ending)}
<h2 class="govuk-heading-m">${words.history}</h2>
${timeline(moments)}`,
  }
}

function actsOf(
  { transfer, permitted, deliveries }: TransferView,
  { next }: TransferPicture,
  entered: Entered,
): Html | null {
  const asked = next.filter((act) => act !== 'transfer.recall')
  const takers = deliveries.map(({ takenBy }) => takenBy).find((one) => one !== null) ?? ''
  const forms = [
    permitted.includes('transfer.take') &&
      postForm(
        `/transfers/${transfer}`,
        entered,
        html`${hidden('what', 'take')}${hidden('from', takers)}${govukButton({ text: words.take, classes: 'govuk-button--secondary', preventDoubleClick: true })}
<p class="govuk-hint">${words.takeWhat}</p>`,
      ),
    permitted.includes('transfer.give-back') &&
      postForm(
        `/transfers/${transfer}`,
        entered,
        html`${hidden('what', 'give-back')}${govukButton({ text: words.giveBack, classes: 'govuk-button--secondary', preventDoubleClick: true })}`,
      ),
    permitted.includes('transfer.recall') &&
      html`${govukButton({ text: words.recall, href: `/transfers/${transfer}/recall`, classes: 'govuk-button--warning' })}
<p class="govuk-hint">${words.recallWhat}</p>`,
  ].filter((one) => one !== false)
  if (asked.length + forms.length === 0) return null
  return html`<h2 class="govuk-heading-m">${words.next}</h2>
${asked.length > 0 && list(asked.map((act) => nextActWords[act]))}
${forms}`
}

const list = (texts: readonly string[]) =>
  html`<ul class="govuk-list govuk-list--bullet">${texts.map((text) => html`<li>${text.trim()}</li>`)}</ul>`

/** In the units that people see on their machines. */
function sizeInWords(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB'] as const
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`
}

export function recallPage({ view, entered }: { readonly view: TransferView; readonly entered: Entered }): Page {
  const number = transferNumber(view.transfer)
  const words = recallPageWords
  const at = `/transfers/${view.transfer}/recall`
  return {
    title: words.title(number),
    back: { href: `/transfers/${view.transfer}`, text: words.back },
    content: html`<p class="govuk-body">${words.what}</p>
${postForm(
  at,
  entered,
  html`${govukTextarea({ ...field(entered, 'reason'), label: { text: words.reason }, hint: { text: words.reasonHint }, rows: '3' })}
${govukButton({ text: words.button, classes: 'govuk-button--warning', preventDoubleClick: true })}`,
)}`,
  }
}

/** When what happened, as far as a view says it, in its order. */
export function momentsOf(
  view: TransferView,
  whoOf: (delivery: TransferView['deliveries'][number]) => Who,
): readonly Moment[] {
  const { createdAt, dispatchedAt, releasedAt, deliveries } = view
  const own = Object.entries({ createdAt, dispatchedAt, releasedAt }).map(([name, at]) => ({
    title: words.moments[name as keyof typeof words.moments],
    instant: at,
  }))
  const others = deliveries.flatMap((delivery) => {
    const { collectedAt, acknowledgedAt, takenAt } = delivery
    const { collected, acknowledged, taken } = whoOf(delivery)
    return [
      { title: words.taken(taken), instant: takenAt },
      { title: words.collected(collected), instant: collectedAt },
      { title: words.acknowledged(acknowledged), instant: acknowledgedAt },
    ]
  })
  return [...own, ...others]
    .flatMap(({ title, instant }) =>
      instant === null ? [] : [{ title, at: { instant, words: dateInWords(instant) } }],
    )
    .toSorted((one, other) => (one.at.instant < other.at.instant ? -1 : 1))
}

export interface Who {
  readonly collected: string
  readonly acknowledged: string
  readonly taken: string
}
