// Forms: what was typed is kept, each error stands at its field and in the summary, and the hidden key makes pressing twice
// happen once.
import { html, type Html } from './html.ts'

export interface FieldError {
  /** The id of the field; null: of the whole form. */
  readonly field: string | null
  readonly text: string
}

/** What a form is rendered with: empty at first, and what was typed when something was not right. */
export interface Entered {
  readonly key: string
  readonly values: Readonly<Record<string, string>>
  readonly errors: readonly FieldError[]
}

/** For a field of GOV.UK's: its id and name, what was typed, and what is wrong with it. */
export function field(entered: Entered, name: string) {
  const error = entered.errors.find((one) => one.field === name)
  return {
    id: name,
    name,
    ...(entered.values[name] !== undefined && { value: entered.values[name] }),
    ...(error && { errorMessage: { text: error.text } }),
  }
}

/** The same for a secret, which is never sent back. */
export function secretField(entered: Entered, name: string) {
  const { value: _, ...rest } = field(entered, name)
  return rest
}

export const keyField = 'form-key'

/** `to`: an address of our own. Errors are said by the page, not by the browser, so that all are said at once. */
export function postForm(to: string, { key }: Pick<Entered, 'key'>, content: Html): Html {
  return html`<form method="post" action="${to}" novalidate>
<input type="hidden" name="${keyField}" value="${key}">
${content}
</form>`
}

export function hidden(name: string, value: string): Html {
  return html`<input type="hidden" name="${name}" value="${value}">`
}
