import { describe, expect, it } from 'vitest'
import { uploadOperations } from '#contract/openapi-uploads.ts'
import { operations } from '#contract/operations.ts'
import { readExamples } from './examples.ts'

const hint = 'record them anew: node scripts/start.mjs scripts/api-examples.ts'

describe('[api/examples] the tried examples', () => {
  it('are there for every operation, and for nothing else', () => {
    const names = [...operations.map(({ name }) => name), ...Object.values(uploadOperations)]
    expect(Object.keys(readExamples()).toSorted(), hint).toEqual(names.toSorted())
  })

  it('are as the operation’s own models say', () => {
    const examples = readExamples()
    for (const { name, body, reply } of operations) {
      const { request, reply: said } = examples[name] ?? {}
      if (request?.body !== undefined) expect(body.safeParse(request.body).error, `${name}: ${hint}`).toBeUndefined()
      if (reply !== 'bytes') expect(reply.safeParse(said?.body).error, `${name}: ${hint}`).toBeUndefined()
    }
  })
})
