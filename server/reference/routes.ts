// What the API says of itself, for people and for tools: no session, no entry in a log, nothing that depends on who asks.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Router } from 'express'
import * as z from 'zod'
import { describeApi } from '#contract/openapi.ts'
import type { Operation } from '#contract/operation.ts'
import { problemPath } from '#contract/problem.ts'
import { type RefusalCode, refusals } from '#domain/refusals.ts'
import { apiWords } from '#words/en/api.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { readExamples } from './examples.ts'
import { problemPage, problemsPage, referencePage } from './pages.ts'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')
const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('../../package.json')))

export function referenceRoutes(operations: readonly Operation[]): Router {
  const examples = readExamples()
  const words = { ...apiWords, refusal: (code: RefusalCode) => describeRefusal({ code }) }
  const api = describeApi({ operations, version, words, examples })
  const shown: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/api/openapi.json': ['application/json', JSON.stringify(api)],
    '/api/reference': ['text/html; charset=utf-8', referencePage(api, examples)],
    '/api/reference.css': ['text/css; charset=utf-8', read('reference.css')],
    [problemPath()]: ['text/html; charset=utf-8', problemsPage()],
    ...Object.fromEntries(
      (Object.keys(refusals) as RefusalCode[]).map((code) => [
        problemPath(code),
        ['text/html; charset=utf-8', problemPage(code, api)],
      ]),
    ),
  }
  const router = Router({ caseSensitive: true, strict: true })
  for (const [path, [type, text]] of Object.entries(shown)) {
    const bytes = Buffer.from(text)
    router.get(path, (request, response) => {
      request.operation = 'reference'
      response.set('Content-Type', type).send(bytes)
    })
  }
  router.get('/api', (_request, response) => response.redirect(308, '/api/reference'))
  return router
}
