// The first page after signing in: what waits for somebody, by their roles, and what is missing before they can begin.
import { homeWords as words } from '#words/en/pages.ts'
import { govukInsetText } from '../../components/govuk.ts'
import { html, type Html, nothing } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

export interface Count {
  readonly of: 'received' | 'sent' | 'approvals' | 'agreements'
  readonly href: string
  readonly count: number
  /** There are more than were looked at. */
  readonly more: boolean
}

export interface Home {
  readonly name: string
  /** Those that somebody's roles give them to look at. */
  readonly counts: readonly Count[]
  readonly keyMissing: boolean
  readonly noRoles: boolean
}

export function homePage({ name, counts, keyMissing, noRoles }: Home): Page {
  const waiting = counts.filter(({ count }) => count > 0)
  return {
    title: words.title,
    heading: name,
    content: html`${noRoles ? said(words.noRoles, words.noRolesWhat) : nothing}
${keyMissing ? said(words.keyMissing, words.keyMissingWhat) : nothing}
<h2 class="govuk-heading-m">${words.waitingFor}</h2>
${
  waiting.length === 0
    ? html`<p class="govuk-body">${words.nothing}</p>`
    : html`<ul class="safehand-counts">${waiting.map(
        ({ of, href, count, more }) =>
          html`<li class="safehand-count"><a class="govuk-link govuk-link--no-visited-state" href="${href}"><span class="safehand-count__number">${count}${more && '+'}</span>${words[of][count === 1 && !more ? 'one' : 'many']}</a></li>`,
      )}</ul>`
}`,
  }
}

function said(title: string, text: string): Html {
  return govukInsetText({ html: html`<strong>${title}.</strong> ${text}` })
}
