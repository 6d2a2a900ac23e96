// HTML by tagged template: whatever stands in a hole is escaped, unless it was made here itself. There is no way from a
// string to Html but this, and GOV.UK's own templates (govuk.ts).

/** HTML that may stand in a page as it is. Nothing but this file makes one: a field that no other object has. */
export class Html {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  /** What a template wrote that escapes by itself. */
  static fromTemplate(text: string): Html {
    return new Html(text)
  }
}

/** False, null and undefined leave nothing, so that `condition && html` reads as it is meant. */
type Hole = Html | string | number | false | null | undefined | readonly Html[]

export function html(texts: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  return Html.fromTemplate(texts.map((text, index) => (index === 0 ? '' : filled(holes[index - 1])) + text).join(''))
}

export function joined(parts: readonly Html[], between = ''): Html {
  return Html.fromTemplate(parts.join(between))
}

export const nothing = html``

function filled(hole: Hole): string {
  if (hole === false || hole === null || hole === undefined) return ''
  if (typeof hole === 'string' || typeof hole === 'number') return escaped(String(hole))
  return hole instanceof Html ? hole.toString() : hole.join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (one) => entities[one] ?? one)
}
