import express, { type RequestHandler } from 'express'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { problem } from '#contract/problem.ts'
import { operations } from '#contract/operations.ts'
import { type RefusalCode, refusals } from '#domain/refusals.ts'
import { openLog } from '#platform/log.ts'
import { correlate } from '../http/correlation.ts'
import { addressSetting, createErrorHandler, EdgeRefusal } from '../http/problem.ts'
import { referenceRoutes } from './routes.ts'

const codes = Object.keys(refusals) as RefusalCode[]
const log = openLog({ name: 'test', level: 'silent' })
const refuse: RequestHandler<{ code: RefusalCode }> = ({ params }) => {
  throw new EdgeRefusal({ code: params.code, clause: 'clause 4.2', detail: { retryAfter: 7 } })
}

function appAt(address: string) {
  const app = express()
  app.set(addressSetting, address)
  return app
    .use(correlate)
    .use(referenceRoutes(operations))
    .get('/refuse/:code', refuse)
    .use(createErrorHandler({ commitRefusal: async () => undefined, log }))
}
const app = appAt('https://files.example')

describe('[api/problems] a refusal on its way out', () => {
  it.each(codes)('%s is a problem as RFC 9457 has it, and its type is a page that explains it', async (code) => {
    const { status, headers, text } = await request(app).get(`/refuse/${code}`)
    const said = problem.strict().parse(JSON.parse(text))
    expect(headers['content-type']).toBe('application/problem+json')
    expect([status, said.status, said.code]).toEqual([refusals[code].status, refusals[code].status, code])
    expect(said.correlation).toBe(headers['safehand-correlation'])
    expect(said).toMatchObject({ detail: 'clause 4.2', instance: `${said.type}#${said.correlation}` })
    const page = await request(app).get(new URL(said.type).pathname).expect(200)
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    expect(page.text).toContain(`<h1>${code}</h1>`)
  })

  it('names the service’s own address, whatever host was asked', async () => {
    const { text } = await request(app).get('/refuse/NOT_FOUND').set('Host', 'evil.example')
    expect(JSON.parse(text).type).toBe('https://files.example/api/problems/NOT_FOUND')
    const relative = await request(appAt('')).get('/refuse/NOT_FOUND').set('Host', 'evil.example')
    expect(JSON.parse(relative.text).type).toBe('/api/problems/NOT_FOUND')
  })
})
