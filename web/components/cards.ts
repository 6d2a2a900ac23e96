// A table whose rows become cards where there is no room for it: each cell then says what it is.
import { html, type Html } from './html.ts'

export interface Cards {
  /** Said to who does not see the heading above it. */
  readonly caption: string
  /** Of each column; the first is what the row is about. */
  readonly heads: readonly string[]
  readonly rows: readonly (readonly Html[])[]
}

export function cards({ caption, heads, rows }: Cards): Html {
  return html`<table class="govuk-table safehand-cards">
<caption class="govuk-visually-hidden">${caption}</caption>
<thead class="govuk-table__head"><tr class="govuk-table__row">${heads.map((text) => html`<th scope="col" class="govuk-table__header">${text}</th>`)}</tr></thead>
<tbody class="govuk-table__body">${rows.map(([first, ...others]) => html`<tr class="govuk-table__row"><th scope="row" class="govuk-table__header">${first}</th>${others.map((one, index) => html`<td class="govuk-table__cell" data-name="${heads[index + 1]}">${one}</td>`)}</tr>`)}</tbody>
</table>`
}
