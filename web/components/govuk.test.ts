// The bridge to GOV.UK's templates: every example that the package publishes is rendered as it publishes it, and nothing
// given as text becomes HTML.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { govukButton, govukErrorSummary, govukInput, govukSummaryList, govukTable, renderTemplate } from './govuk.ts'
import { html } from './html.ts'

const components = join(dirname(fileURLToPath(import.meta.resolve('govuk-frontend'))), 'components')

interface Fixtures {
  readonly fixtures: readonly { readonly name: string; readonly options: object; readonly html: string }[]
}
const published = readdirSync(components).flatMap((name) => {
  const file = join(components, name, 'fixtures.json')
  if (!existsSync(file)) return []
  const { fixtures } = JSON.parse(readFileSync(file, 'utf8')) as Fixtures
  return fixtures.map((one) => ({ component: name, ...one }))
})
/** White space between tags and at their edges says nothing. */
const plain = (text: string) =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([<>]) ?/g, '$1')
    .trim()

describe('[pages/design-system] the design system', () => {
  it('renders each example of its own templates as published', () => {
    expect(published.length).toBeGreaterThan(600)
    const differing = published.filter(
      ({ component, options, html: wanted }) => plain(`${renderTemplate(component, options)}`) !== plain(wanted),
    )
    expect(differing.map(({ component, name }) => `${component}: ${name}`)).toEqual([])
  })
})

describe('[pages/escaped] text in a page', () => {
  const attack = `"><script>alert('x')</script>&`
  const inComponents = {
    button: govukButton({ text: attack, name: attack, value: attack }),
    input: govukInput({ id: 'a', name: attack, value: attack, label: { text: attack }, attributes: { title: attack } }),
    table: govukTable({ caption: attack, rows: [[{ text: attack }]] }),
    summary: govukSummaryList({ rows: [{ key: { text: attack }, value: { text: attack } }] }),
    errors: govukErrorSummary({ titleText: attack, errorList: [{ text: attack, href: attack }] }),
    tag: html`<p title="${attack}">${attack}</p>`,
    nested: html`${[html`<i>${attack}</i>`]}`,
  }
  it.each(Object.entries(inComponents))('stays text: %s', (_name, made) => {
    expect(`${made}`).not.toContain('<script')
    expect(`${made}`).not.toContain(`"><`.concat('script'))
    expect(`${made}`).toContain('&lt;script&gt;')
  })

  it('is no HTML because it looks like it', () => {
    // @ts-expect-error: a string is none
    expect(() => govukButton({ html: 1 as never as string })).not.toThrow()
    // @ts-expect-error: a misspelt option does not compile
    govukButton({ text: 'Send', preventDoubleclick: true })
    // @ts-expect-error: an object that looks like Html is none
    expect(() => html`${{ html: '<b>' }}`).toThrow()
  })
})
