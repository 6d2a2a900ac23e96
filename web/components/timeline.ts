// What happened to something, one moment after the other, newest first or last as it is given.
import { html, type Html } from './html.ts'

export interface Moment {
  readonly title: string
  /** For machines, and in words. */
  readonly at: { readonly instant: string; readonly words: string } | null
  readonly by?: string
  readonly content?: Html
}

export function timeline(moments: readonly Moment[]): Html {
  return html`<ol class="moj-timeline govuk-list">
${moments.map(
  ({ title, at, by, content }) => html`<li class="moj-timeline__item">
<div class="moj-timeline__header">
<h3 class="moj-timeline__title">${title}</h3>
${by !== undefined && html`<p class="moj-timeline__byline">${by}</p>`}
</div>
${at && html`<p class="moj-timeline__date"><time datetime="${at.instant}">${at.words}</time></p>`}
${content && html`<div class="moj-timeline__description">${content}</div>`}
</li>`,
)}
</ol>`
}
