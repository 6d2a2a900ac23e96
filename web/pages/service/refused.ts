// What could not be shown or done, and what to do next: the page of a refusal.
import type { Problem } from '#contract/problem.ts'
import { refusalPageWords as words } from '#words/en/pages.ts'
import { html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

export function refusedPage(problem: Problem, { signedIn }: { readonly signedIn: boolean }): Page {
  const { title, action, detail, code, correlation } = problem
  return {
    title,
    content: html`<p class="govuk-body">${action}</p>
${detail !== undefined && html`<p class="govuk-body">${detail}</p>`}
${code === 'SIGN_IN_REQUIRED' && html`<p class="govuk-body">${words.outdatedSignIn}</p>`}
<ul class="govuk-list govuk-list--bullet">
<li>${signedIn ? html`<a class="govuk-link" href="/">${words.home}</a>` : html`<a class="govuk-link" href="/sign-in">${words.signIn}</a>`}</li>
<li><a class="govuk-link" href="/help">${words.help}</a></li>
</ul>
<p class="govuk-body-s">${words.trace} ${code}, ${correlation}</p>`,
  }
}
