// The reference as pages: all operations on one, all refusals on another, and one for each refusal, to which the `type`
// of every problem leads. Made from the OpenAPI document, so that both say the same. No script, no other host.
import type { Example } from '#contract/example.ts'
import type { ApiDescription, ApiOperation, Schema } from '#contract/openapi-model.ts'
import { problemPath } from '#contract/problem.ts'
import { type RefusalCode, refusals } from '#domain/refusals.ts'
import { referenceWords as words } from '#words/en/reference.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { type Html, html } from '../../web/components/html.ts'
import { fieldsOf, kindOf } from './schema.ts'

interface Placed {
  readonly path: string
  readonly method: string
  readonly operation: ApiOperation
}

function page(title: string, content: Html): string {
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="/api/reference.css">
</head>
<body>
<a class="skip" href="#main">${words.skip}</a>
<main id="main">
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`}`
}

export function referencePage(api: ApiDescription, examples: Readonly<Record<string, Example>>): string {
  const placed = placedIn(api)
  const groups = api.tags.map((tag) => ({
    ...tag,
    own: placed.filter(({ operation }) => operation.tags.includes(tag.name)),
  }))
  return page(
    api.info.title,
    html`<p>${api.info.description}</p>
<p><a href="/api/openapi.json">${words.document}</a>. <a href="${problemPath()}">${words.allRefusals}</a>.</p>
<nav aria-label="${words.contents}">
${groups.map(({ name, own }) => html`<p class="where"><a href="#group-${name}">${name}</a></p><ul>${own.map(({ operation }) => html`<li><a href="#${operation.operationId}"><code>${operation.operationId}</code></a></li>`)}</ul>`)}
</nav>
${groups.map(
  ({ name, description, own }) => html`<section aria-labelledby="group-${name}">
<h2 id="group-${name}">${name}</h2>
<p>${description}</p>
${own.map((one) => oneOperation(one, examples[one.operation.operationId]))}
</section>`,
)}
<section aria-labelledby="models"><h2 id="models">${words.models}</h2>
${Object.entries(api.components.schemas).map(([name, schema]) => html`<article><h3 id="model-${name}">${name}</h3>${fieldsOf(schema)}</article>`)}
</section>`,
  )
}

function placedIn({ paths }: ApiDescription): Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
}

function oneOperation({ path, method, operation }: Placed, example: Example | undefined): Html {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema
  const good = Object.values(operation.responses['200']?.content ?? {})[0]?.schema
  return html`<article aria-labelledby="${operation.operationId}">
<h3 id="${operation.operationId}">${operation.operationId}</h3>
<p class="where"><code>${method} ${path}</code></p>
<p>${operation.summary}. ${operation.description ?? ''}</p>
<p>${authorityOf(operation)}</p>
${parametersOf(operation)}
${bodyOf(words.body, body)}
${bodyOf(words.reply, good)}
${refusalsOf(operation)}
${example ? exampleOf(operation, example) : html``}
</article>`
}

function authorityOf({ security }: ApiOperation): Html {
  const scope = security.find((one) => 'token' in one)?.token?.[0]
  if (scope !== undefined) return html`${words.needsScope} <code>${scope}</code>.`
  return html`${security.some((one) => 'upload' in one) ? words.needsUploadToken : words.open}`
}

function parametersOf({ parameters }: ApiOperation): Html {
  if (parameters.length === 0) return html``
  return html`<h4>${words.parameters}</h4><dl>${parameters.map(
    ({ name, in: place, required, description = '', schema }) =>
      html`<dt><code>${name}</code> <span class="kind">${words.place[place]}${required ? '' : words.optional}: ${kindOf(schema)}</span></dt><dd>${description}</dd>`,
  )}</dl>`
}

function bodyOf(heading: string, schema: Schema | undefined): Html {
  if (schema === undefined) return html``
  const fields = fieldsOf(schema)
  if (schema.$ref) return html`<h4>${heading}</h4><p>${kindOf(schema)}</p>`
  return `${fields}` === '' ? html`` : html`<h4>${heading}</h4>${fields}`
}

function refusalsOf({ 'x-refusals': codes = [] }: ApiOperation): Html {
  if (codes.length === 0) return html``
  return html`<details><summary>${words.refusals(codes.length)}</summary><ul>${codes.map((code) => html`<li><a href="${problemPath(code)}">${code}</a> (${refusals[code].status})</li>`)}</ul></details>`
}

function exampleOf({ operationId }: ApiOperation, { request, reply }: Example): Html {
  const lines = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers)
      .map(([name, value]) => `\n${name}: ${value}`)
      .join('')
  const json = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
  const asked = `${request.method} ${request.path} HTTP/1.1${lines(request.headers)}${request.body === undefined ? '' : `\n\n${json(request.body)}`}`
  const said = `HTTP/1.1 ${reply.status}${lines(reply.headers)}\n\n${json(reply.body)}`
  return html`<h4>${words.example}</h4>
<pre tabindex="0" aria-label="${words.requestOf(operationId)}"><code>${asked}</code></pre>
<pre tabindex="0" aria-label="${words.replyOf(operationId)}"><code>${said}</code></pre>`
}

const backToAll = html`<p><a href="/api/reference">${words.backToOperations}</a>. <a href="${problemPath()}">${words.allRefusals}</a>.</p>`

export function problemsPage(): string {
  const codes = Object.keys(refusals) as RefusalCode[]
  return page(
    words.allRefusals,
    html`${backToAll}<dl>${codes.map((code) => html`<dt><a href="${problemPath(code)}">${code}</a></dt><dd>${describeRefusal({ code }).title} (${refusals[code].status})</dd>`)}</dl>`,
  )
}

export function problemPage(code: RefusalCode, api: ApiDescription): string {
  const { title, action } = describeRefusal({ code })
  const by = placedIn(api).filter(({ operation }) => operation['x-refusals']?.includes(code))
  return page(
    code,
    html`${backToAll}
<h2>${words.happened}</h2><p>${title}.</p>
<h2>${words.next}</h2><p>${action}</p>
<h2>${words.status}</h2><p>${refusals[code].status}</p>
<h2>${words.refusedBy}</h2><ul>${by.map(({ operation }) => html`<li><a href="/api/reference#${operation.operationId}">${operation.operationId}</a></li>`)}</ul>`,
  )
}
