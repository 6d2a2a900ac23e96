// Signing in with e-mail, password and a code, and having signed out.
import { signedOutWords, signInWords as words } from '#words/en/identity.ts'
import { type Entered, field, hidden, postForm, secretField } from '../../components/form.ts'
import { govukButton, govukInput, govukPasswordInput } from '../../components/govuk.ts'
import { html } from '../../components/html.ts'
import type { Page } from '../../components/page.ts'

/** `back`: where somebody wanted to go when they were asked to sign in. */
export function signInPage({ entered, back }: { readonly entered: Entered; readonly back: string }): Page {
  return {
    title: words.title,
    content: html`${back !== '/' && html`<p class="govuk-body">${words.back}</p>`}
${postForm(
  '/sign-in',
  entered,
  html`${hidden('back', back)}
${govukInput({
  ...field(entered, 'email'),
  label: { text: words.email },
  type: 'email',
  autocomplete: 'username',
  spellcheck: false,
})}
${govukPasswordInput({ ...secretField(entered, 'password'), label: { text: words.password }, autocomplete: 'current-password' })}
${govukInput({
  ...secretField(entered, 'code'),
  label: { text: words.code },
  hint: { text: words.codeHint },
  autocomplete: 'one-time-code',
  classes: 'govuk-input--width-10',
  spellcheck: false,
})}
${govukButton({ text: words.button, preventDoubleClick: true })}`,
)}
<p class="govuk-body">${words.noAccount}</p>`,
  }
}

export function signedOutPage(): Page {
  return {
    title: signedOutWords.title,
    content: html`<p class="govuk-body">${signedOutWords.what}</p>
<p class="govuk-body"><a class="govuk-link" href="/sign-in">${signedOutWords.again}</a></p>`,
  }
}
