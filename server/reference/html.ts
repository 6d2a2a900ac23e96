// HTML by tagged template: whatever stands in a hole is escaped, unless it was made here itself. For the few pages that
// the server has without a template engine.

/** HTML that may stand in a page as it is. */
export interface Html {
  readonly html: string
}

type Hole = Html | string | number | readonly Html[]

export function html(texts: TemplateStringsArray, ...holes: readonly Hole[]): Html {
  return { html: texts.map((text, index) => (index === 0 ? '' : filled(holes[index - 1] ?? '')) + text).join('') }
}

function filled(hole: Hole): string {
  if (typeof hole === 'string' || typeof hole === 'number') return escaped(String(hole))
  if ('html' in hole) return hole.html
  return hole.map((one) => one.html).join('')
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
