import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { refusals } from '#domain/refusals.ts'
import { webhookEvents } from '#domain/webhooks/webhook.ts'
import { apiWords } from '#words/en/api.ts'
import { describeRefusal } from '#words/en/refusals.ts'
import { describeApi, groupOf } from './openapi.ts'
import { changesState, edgeRefusals } from './operation.ts'
import { operations } from './operations.ts'
import { headers, problemMediaType } from './problem.ts'

const made = describeApi({
  operations,
  version: '0.0.0',
  words: { ...apiWords, refusal: (code) => describeRefusal({ code }) },
  examples: {},
})
const describedOf = ({ path, method }: (typeof operations)[number]) =>
  made.paths[`/api${path.replaceAll(/:(\w+)/g, '{$1}')}`]?.[method.toLowerCase()]

describe('[api/openapi] the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(
      structuredClone(made) as unknown as Record<string, unknown>,
    )
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
  })

  it('is refused by the same validator when something is wrong with it', async () => {
    const { info: _, ...wrong } = made
    expect((await new Validator().validate(structuredClone(wrong) as Record<string, unknown>)).valid).toBe(false)
  })

  it('has every operation of the contract, under its own name, in a group that has words', () => {
    for (const operation of operations) {
      expect(describedOf(operation)).toMatchObject({ operationId: operation.name, summary: operation.summary })
      expect(Object.keys(apiWords.groups)).toContain(groupOf(operation))
    }
    const ids = Object.values(made.paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId))
    expect(ids.length).toBe(new Set(ids).size)
  })

  it('says of each operation how it is refused: every code under its status, as a problem', () => {
    for (const operation of operations) {
      for (const code of operation.refusals) {
        const reply = describedOf(operation)?.responses[refusals[code].status]
        expect(reply?.description).toContain(code)
        expect(JSON.stringify(reply?.content?.[problemMediaType])).toContain(`"${code}"`)
      }
    }
    expect(edgeRefusals.filter((code) => !JSON.stringify(made).includes(`"${code}"`))).toEqual([])
  })

  it('says who may ask, what goes into the path, and that a change takes an idempotency key', () => {
    for (const operation of operations) {
      const described = describedOf(operation)
      const scoped = operation.scope === null ? [{}] : [{ token: [operation.scope] }, { session: [] }]
      expect(described?.security).toEqual(scoped)
      const inPath = described?.parameters.filter((one) => one.in === 'path').map(({ name }) => `:${name}`) ?? []
      expect(operation.path.match(/:\w+/g) ?? []).toEqual(inPath)
      const required = described?.parameters.filter(({ name }) => name === headers.idempotencyKey)
      expect(required?.map((one) => one.required)).toEqual(changesState(operation) ? [true] : [])
    }
  })

  it('says what a webhook is told, of each event', () => {
    expect(Object.keys(made.webhooks)).toEqual([...webhookEvents, 'webhook.test'])
  })

  it('refers only to what it holds, and describes uploads', () => {
    const refers = [...JSON.stringify(made).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
    expect(new Set(refers).difference(new Set(Object.keys(made.components.schemas)))).toEqual(new Set())
    expect(Object.keys(made.paths['/uploads/{upload}'] ?? {})).toEqual(['head', 'patch', 'delete'])
  })
})
