// web/components/govuk-options.ts: what each template of GOV.UK Frontend can be given, as types, made from the package's own
// macro-options.json. Made again after an upgrade; a unit test says when.
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { keepPage } from './made-page.ts'

interface Option {
  readonly name: string
  readonly type: string
  readonly required?: boolean | undefined
  readonly isComponent?: boolean | undefined
  readonly params?: readonly Option[] | undefined
}

const option: z.ZodType<Option> = z.object({
  name: z.string(),
  type: z.string(),
  required: z.boolean().optional(),
  isComponent: z.boolean().optional(),
  get params() {
    return z.array(option).optional()
  },
})

const package_ = fileURLToPath(import.meta.resolve('govuk-frontend/package.json'))
const components = join(dirname(package_), 'dist/govuk/components')

export async function describeOptions(): Promise<string> {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(package_, 'utf8')))
  const names = (await readdir(components)).sort()
  const interfaces: string[] = []
  for (const name of names) {
    const text = await readFile(join(components, name, 'macro-options.json'), 'utf8').catch(() => null)
    if (text === null) continue
    interfaces.push(`  '${name}': ${shape(z.array(option).parse(JSON.parse(text)), '  ')}`)
  }
  return `// What each template of GOV.UK Frontend ${version} can be given: made by scripts/govuk-options.ts, do not edit.
import type { Html } from './html.ts'

type Attributes = Readonly<Record<string, string>>

export interface GovukOptions {
${interfaces.join('\n')}
}
`
}

function shape(options: readonly Option[], indent: string): string {
  const known = new Map<string, Option>()
  for (const one of options) {
    // A block that surrounds content is for templates alone; of a name given twice the first counts.
    if (one.type !== 'nunjucks-block' && !known.has(one.name)) known.set(one.name, one)
  }
  const names = new Set(known.keys())
  const lines = [...known.values()].map((one) => {
    const required = one.required === true && !isEither(one.name, names)
    const type = typeOf(one, `${indent}  `)
    return `${indent}  readonly ${one.name}${required ? '' : '?'}: ${type}${required ? '' : ' | undefined'}`
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}

/** Text or HTML: one of the two is given. */
function isEither(name: string, names: ReadonlySet<string>): boolean {
  const isText =
    (name === 'text' || name.endsWith('Text')) && names.has(name.replace(/text$/, 'html').replace(/Text$/, 'Html'))
  return isText || isHtml(name)
}

const isHtml = (name: string) => name === 'html' || name.endsWith('Html')

/** Components whose options say "of another component" by their names. */
const ofComponent: Readonly<Record<string, string>> = {
  label: 'label',
  hint: 'hint',
  errorMessage: 'error-message',
  fieldset: 'fieldset',
  tag: 'tag',
}

function typeOf({ name, type, isComponent, params }: Option, indent: string): string {
  if (type === 'boolean') return 'boolean'
  if (type === 'integer') return 'number'
  if (type === 'string') return isHtml(name) ? 'Html' : 'string'
  if (isComponent) return `Partial<GovukOptions['${ofComponent[name] ?? 'unknown'}']>`
  if (type === 'array') {
    if (params === undefined) return 'readonly string[]'
    // A table's rows are rows of cells.
    const one = shape(params, indent)
    return name === 'rows' && params.some((cell) => cell.name === 'colspan')
      ? `readonly (readonly ${one}[])[]`
      : `readonly ${one}[]`
  }
  return params === undefined ? 'Attributes' : shape(params, indent)
}

if (import.meta.main) {
  await keepPage({
    script: 'scripts/govuk-options.ts',
    about: 'Prints what each template of GOV.UK Frontend can be given, as types.',
    page: 'web/components/govuk-options.ts',
    text: await describeOptions(),
  })
}
