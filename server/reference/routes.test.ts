import express from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { uploadOperations } from '#contract/openapi-uploads.ts'
import { operations } from '#contract/operations.ts'
import { problemPath } from '#contract/problem.ts'
import { type RefusalCode, refusals } from '#domain/refusals.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { securityHeaders } from '../http/security-headers.ts'
import { html } from '../../web/components/html.ts'
import { readExamples } from './examples.ts'
import { referenceRoutes } from './routes.ts'

const app = express()
  .use(...securityHeaders({ secure: true }))
  .use(referenceRoutes(operations))
const get = async (path: string) => (await request(app).get(path).expect(200)).text
const escaped = (text: string) => `${html`${text}`}`

describe('[api/reference] the reference of the API', () => {
  it('shows each operation with where it is, what it says and a tried example', async () => {
    const page = await get('/api/reference')
    const examples = readExamples()
    for (const name of Object.values(uploadOperations)) {
      const [, article = ''] = page.split(`<h3 id="${name}">`)
      expect(article.split('</article>')[0]).toContain(escaped(`${examples[name]?.request.path} HTTP/1.1`))
    }
    for (const { name, summary, method, path } of operations) {
      const [, article = ''] = page.split(`<h3 id="${name}">`)
      const [own = ''] = article.split('</article>')
      expect(own).toContain(`${method} /api${path.replaceAll(/:(\w+)/g, '{$1}')}`)
      expect(own).toContain(escaped(summary))
      expect(own).toContain(escaped(`${examples[name]?.request.method} ${examples[name]?.request.path} HTTP/1.1`))
      expect(own).toContain(`HTTP/1.1 ${examples[name]?.reply.status}`)
    }
  })

  it('has one page, with words, for every refusal there is', async () => {
    for (const code of Object.keys(refusals) as RefusalCode[]) {
      const page = await get(problemPath(code))
      const { title, action } = describeRefusal({ code })
      expect(page).toContain(escaped(title))
      expect(page).toContain(escaped(action))
      expect(await get(problemPath())).toContain(`<a href="${problemPath(code)}">${code}</a>`)
    }
  })

  it('is the same document for tools', async () => {
    const { body, headers } = await request(app).get('/api/openapi.json').expect(200)
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(body.paths['/api/transfers'].post).toMatchObject({ operationId: 'transfer.draft' })
    const examples = readExamples()
    expect(body.paths['/api/transfers'].post.requestBody.content['application/json'].example).toEqual(
      examples['transfer.draft']?.request.body,
    )
    // Bytes and uploads have theirs where a document has a place for them.
    for (const path of ['files/{file}', 'bundle']) {
      const { parameters, responses } = body.paths[`/api/transfers/{transfer}/${path}`].get
      expect(parameters[0].example).toMatch(/^[0-9a-f]{32}$/)
      expect(Object.values(responses[200].content)).toEqual([{ example: expect.stringContaining('not shown') }])
    }
    for (const method of ['head', 'patch', 'delete']) {
      const { parameters } = body.paths['/uploads/{upload}'][method]
      expect(parameters.every(({ example }: { example?: string }) => example !== undefined)).toBe(true)
    }
    expect(body.paths['/uploads'].post.responses[201].headers.Location.example).toMatch(/^\/uploads\//)
  })

  it.each(['/api/reference', '/api/problems', '/api/problems/NOT_FOUND'])(
    '%s needs no script, no other host, and is in order for readers of every kind',
    async (path) => {
      const { text, headers } = await request(app).get(path).expect(200)
      expect(headers['content-security-policy']).not.toMatch(/unsafe/)
      expect(text).not.toMatch(/<script|<style|\son\w+=|\sstyle=|javascript:|(src|href)="(https?:)?\/\//i)
      expect(text).toMatch(/<html lang="en">[\s\S]*name="viewport"[\s\S]*<title>[^<]+<\/title>/)
      expect(text.match(/<h1>/g)).toHaveLength(1)
      expect(text.match(/<main /g)).toHaveLength(1)
      const levels = [...text.matchAll(/<h(\d)/g)].map(([, level]) => Number(level))
      expect(levels.filter((level, index) => level > (levels[index - 1] ?? 1) + 1)).toEqual([])
      const ids = [...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
      expect(ids.length).toBe(new Set(ids).size)
      const inside = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
      expect(inside.filter((id) => !ids.includes(id))).toEqual([])
    },
  )

  it('escapes what stands in a page', () => {
    expect(`${html`<p>${'<b>&"\''}</p>`}`).toBe('<p>&lt;b&gt;&amp;&quot;&#39;</p>')
  })
})
