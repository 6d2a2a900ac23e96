import { expect, it } from 'vitest'
import type { Email } from '../values.ts'
import { domain, isWithin } from './domains.ts'

const within: readonly [string, boolean][] = [
  ['ada@council.example', true],
  ['ada@second.council.example', true],
  ['ada@third.council.example', false],
  ['ada@notcouncil.example', false],
  ['ada@council.example.org', false],
  ['ada@police.example', false],
  ['council.example@police.example', false],
]

it.each(within)('[account/domains] %s is within them: %s', (email, expected) => {
  expect(isWithin(email as Email, ['council.example', 'second.council.example'])).toBe(expected)
})

const given: readonly [string, boolean][] = [
  ['council.example', true],
  [' Council.Example ', true],
  ['council', false],
  ['*.council.example', false],
  ['@council.example', false],
  ['council.example.', false],
  ['-a.example', false],
  ['192.0.2.1', false],
]

it.each(given)('[account/domains] %j can be registered: %s', (text, expected) => {
  expect(domain.safeParse(text).success).toBe(expected)
})
