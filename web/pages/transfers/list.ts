// A list of transfers: what came in, what was sent, what waits for an approver.
import type { TransferSummary } from '#contract/transfers/view.ts'
import { dateInWords } from '#words/en/dates.ts'
import { listPageWords as words, transferNumber } from '#words/en/transfer-pages.ts'
import { transferTagWords } from '#words/en/transfers.ts'
import type { Listed } from '#present/lists.ts'
import { senderInWords } from '#present/transfer.ts'
import { cards } from '../../components/cards.ts'
import { govukPagination, govukTag } from '../../components/govuk.ts'
import { html, type Html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

export interface ListToShow {
  readonly list: 'received' | 'sent' | 'approvals'
  readonly transfers: readonly Listed[]
  /** The address of the next page. */
  readonly older: string | null
}

export function listPage({ list, transfers, older }: ListToShow): Page {
  return {
    title: words[list],
    wide: true,
    content:
      transfers.length === 0
        ? html`<p class="govuk-body">${words.none[list]}</p>`
        : html`${cards({ caption: words[list], heads: headsOf(list), rows: transfers.map((one) => row(one, list)) })}
${older !== null && govukPagination({ next: { text: words.older, href: older } })}`,
  }
}

function headsOf(list: ListToShow['list']): readonly string[] {
  return [words.reference, ...(list === 'sent' ? [] : [words.from]), words.to, words.state, words.begun, words.until]
}

function row(one: Listed, list: ListToShow['list']): readonly Html[] {
  const { transfer, caseReference, to, createdAt, expiresAt } = one
  return [
    html`<a class="govuk-link" href="/transfers/${transfer}">${caseReference ?? words.noReference}, ${transferNumber(transfer)}</a>`,
    ...(list === 'sent' ? [] : [html`${senderInWords(one)}`]),
    html`${to.map(({ name, holder }) => html`<div>${name}<br><span class="govuk-hint">${holder}</span></div>`)}`,
    stateTag(one),
    html`<time datetime="${createdAt}">${dateInWords(createdAt)}</time>`,
    html`<time datetime="${expiresAt}">${dateInWords(expiresAt)}</time>`,
  ]
}

export function stateTag({ state, deliveries }: Pick<TransferSummary, 'state' | 'deliveries'>): Html {
  const done = state === 'released' && deliveries.every((one) => one.state === 'acknowledged')
  const { text, colour } = transferTagWords[done ? 'acknowledged' : state]
  return govukTag({ text, classes: `govuk-tag--${colour}` })
}
