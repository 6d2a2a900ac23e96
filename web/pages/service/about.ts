// Pages that say something about the service itself: help, its limits, cookies, accessibility.
import { accessibilityWords, cookiesWords, helpWords, limitsWords } from '#words/en/service-pages.ts'
import { cards } from '../../components/cards.ts'
import { html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

export interface Helper {
  readonly name: string
  readonly email: string
}

/** `helpers`: administrators of the reader's organisation; null: nobody is signed in. */
export function helpPage({ helpers }: { readonly helpers: readonly Helper[] | null }): Page {
  const words = helpWords
  return {
    title: words.title,
    content: html`<h2 class="govuk-heading-m">${words.whom}</h2>
${
  helpers === null
    ? html`<p class="govuk-body">${words.nobody}</p>`
    : html`<p class="govuk-body">${words.administrators}:</p>
<ul class="govuk-list govuk-list--bullet">${helpers.map(({ name, email }) => html`<li>${name}, <a class="govuk-link" href="mailto:${email}">${email}</a></li>`)}</ul>`
}
<p class="govuk-body">${words.quote}</p>
<p class="govuk-body">${words.never}</p>
<h2 class="govuk-heading-m">${words.words}</h2>
<dl class="govuk-summary-list">${words.meanings.map(([word, meaning]) => html`<div class="govuk-summary-list__row"><dt class="govuk-summary-list__key">${word}</dt><dd class="govuk-summary-list__value">${meaning}</dd></div>`)}</dl>`,
  }
}

export function limitsPage(): Page {
  const words = limitsWords
  return {
    title: words.title,
    content: html`<p class="govuk-body">${words.intro}</p>
<ol class="govuk-list govuk-list--number govuk-list--spaced">${words.limits.map(([title, text]) => html`<li><strong>${title}.</strong> ${text}</li>`)}</ol>`,
  }
}

export function cookiesPage(): Page {
  const words = cookiesWords
  return {
    title: words.title,
    content: html`<p class="govuk-body">${words.intro}</p>
${cards({
  caption: words.title,
  heads: [words.name, words.purpose, words.ends],
  rows: words.cookies.map((cells) => cells.map((text) => html`${text}`)),
})}
<p class="govuk-body">${words.secure}</p>`,
  }
}

export function accessibilityPage(): Page {
  const words = accessibilityWords
  return {
    title: words.title,
    content: html`<p class="govuk-body">${words.aim}</p>
<p class="govuk-body">${words.standard}</p>
<h2 class="govuk-heading-m">${words.tested}</h2>
<ul class="govuk-list govuk-list--bullet">${words.testedHow.map((one) => html`<li>${one}</li>`)}</ul>
<h2 class="govuk-heading-m">${words.notYet}</h2>
<p class="govuk-body">${words.notYetWhat}</p>
<p class="govuk-body">${words.problem}</p>`,
  }
}
