// GOV.UK Frontend's own templates, called as typed functions: `govukButton({text: 'Send'})` reads as the design system's
// examples do, a misspelt option does not compile, and an `html` option takes nothing but Html.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import nunjucks from 'nunjucks'
import type { GovukOptions } from './govuk-options.ts'
import { Html } from './html.ts'

const templates = dirname(dirname(fileURLToPath(import.meta.resolve('govuk-frontend'))))
const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(templates), { autoescape: true })

/** As the package publishes it; what is Html stands as it is, all other text is escaped by the template. */
export function renderTemplate(name: string, options: object): Html {
  const template = environment.getTemplate(`govuk/components/${name}/template.njk`)
  return Html.fromTemplate(template.render({ params: withText(options) }))
}

function withText(value: unknown): unknown {
  if (value instanceof Html) return value.toString()
  if (Array.isArray(value)) return value.map(withText)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withText(one)]))
}

function component<Name extends keyof GovukOptions>(name: Name): (options: GovukOptions[Name]) => Html {
  return (options) => renderTemplate(name, options)
}

export const govukBackLink = component('back-link')
export const govukButton = component('button')
export const govukCheckboxes = component('checkboxes')
export const govukDetails = component('details')
export const govukErrorSummary = component('error-summary')
export const govukInput = component('input')
export const govukInsetText = component('inset-text')
export const govukNotificationBanner = component('notification-banner')
export const govukPagination = component('pagination')
export const govukPanel = component('panel')
export const govukPasswordInput = component('password-input')
export const govukRadios = component('radios')
export const govukSelect = component('select')
export const govukServiceNavigation = component('service-navigation')
export const govukSkipLink = component('skip-link')
export const govukSummaryList = component('summary-list')
export const govukTable = component('table')
export const govukTag = component('tag')
export const govukTaskList = component('task-list')
export const govukTextarea = component('textarea')
export const govukWarningText = component('warning-text')
