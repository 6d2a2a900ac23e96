// The list of claims is read by people who never saw the code: names that stay, sentences that stand alone.
import { describe, expect, it } from 'vitest'
import { claims } from '../claims.ts'

const names = Object.keys(claims)
const areas = names.map((name) => name.slice(0, name.indexOf('/')))
const sentences = Object.values(claims)

describe('[house/claims] the list of claims', () => {
  it('names each by area and matter, the areas together', () => {
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([])
    expect(areas.filter((area, at) => area !== areas[at - 1])).toEqual([...new Set(areas)])
  })

  it('says each in one sentence of its own, short and without a full stop', () => {
    expect(new Set(sentences).size).toBe(sentences.length)
    expect(sentences.filter((sentence) => !/^[A-Z][^.!?\n]{20,130}[^.!?\s]$/.test(sentence))).toEqual([])
  })

  it('cites no paper and no issue, and speaks no jargon', () => {
    const jargon = /§|\d|_|[a-z][A-Z]|\b(DESIGN|RISKS|GOVERNANCE|OPENPGP|AUDIT|issue|PKESK|SEIPD|MDC)\b/
    const said = sentences.map((sentence) => sentence.replaceAll(/\b(OpenAPI|S3|503)\b/g, ''))
    expect(said.filter((sentence) => jargon.test(sentence))).toEqual([])
  })
})
