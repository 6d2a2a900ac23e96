// A JSON Schema in words and lists, for people who read the reference.
import type { Schema } from '#contract/openapi-model.ts'
import { type Html, html, joined } from '../../web/components/html.ts'

/** A list of its fields, each with its kind; nothing for what has none. Named models are linked to. */
export function fieldsOf(schema: Schema): Html {
  const inner = objectIn(schema)
  const fields = Object.entries(inner?.properties ?? {})
  if (fields.length === 0) return html``
  const required = new Set(inner?.required ?? [])
  return html`<dl>${fields.map(([name, field]) => oneField(name, { field: field as Schema, optional: !required.has(name) }))}</dl>`
}

function oneField(name: string, { field, optional }: { readonly field: Schema; readonly optional: boolean }): Html {
  const may = optional ? ', may be left out' : ''
  return html`<dt><code>${name}</code> <span class="kind">${kindOf(field)}${may}</span></dt><dd>${fieldsOf(field)}</dd>`
}

/** The object itself, or what a list or a choice is made of. */
function objectIn(schema: Schema): Schema | undefined {
  if (schema.properties) return schema
  if (schema.items && !Array.isArray(schema.items)) return objectIn(schema.items as Schema)
  for (const one of schema.anyOf ?? schema.oneOf ?? []) {
    const found = objectIn(one as Schema)
    if (found) return found
  }
  return undefined
}

export function kindOf(schema: Schema): Html {
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? ''
    return html`<a href="#model-${name}">${name}</a>`
  }
  if (schema.const !== undefined) return html`<code>${String(schema.const)}</code>`
  if (schema.enum) return html`one of ${listed(schema.enum.map((one) => html`<code>${String(one)}</code>`))}`
  const choices = schema.anyOf ?? schema.oneOf
  if (choices)
    return joined(
      choices.map((one) => kindOf(one as Schema)),
      ' or ',
    )
  if (schema.type === 'array')
    return html`list${sizeOf(schema.minItems, schema.maxItems)} of: ${kindOf(schema.items as Schema)}`
  if (schema.type === 'integer' || schema.type === 'number') return html`number${rangeOf(schema)}`
  if (schema.type === 'string') return html`${textKind(schema)}${sizeOf(schema.minLength, schema.maxLength)}`
  return html`${String(schema.type ?? 'anything')}`
}

function textKind({ format, contentEncoding, pattern }: Schema): Html {
  if (contentEncoding === 'base64' || format === 'base64') return html`base64`
  if (format) return html`${format}`
  return pattern ? html`text like <code>${pattern}</code>` : html`text`
}

function sizeOf(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && least === most) return ` (${least})`
  if (most !== undefined) return ` (${least ?? 0} to ${most})`
  return least === undefined ? '' : ` (at least ${least})`
}

function rangeOf({ minimum, maximum }: Schema): string {
  return sizeOf(minimum, maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum)
}

function listed(items: readonly Html[]): Html {
  return joined(items, ', ')
}
