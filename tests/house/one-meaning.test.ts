// One word, one thing: words that once meant several things in the code. Each stands only in the rooms of the meaning it kept.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { houseRoot } from './planted.ts'

interface Meaning {
  readonly word: string
  /** Of an identifier in code; comments and sentences are free. */
  readonly names: RegExp
  readonly means: string
  readonly rooms: readonly string[]
  /** What the other meanings are called now. */
  readonly others: string
}

const meanings: readonly Meaning[] = [
  {
    word: 'watch',
    names: /watch/i,
    means: 'a folder whose files are sent as they appear',
    rooms: ['cli/commands/watch.ts', 'cli/watch/', 'cli/program.ts', 'shared/words/en/watch.ts'],
    others: 'jobs are measured',
  },
  {
    word: 'parts',
    names: /parts$/i,
    means: 'the pieces in which a body is uploaded and digested',
    rooms: [
      ...['server/uploads/', 'shared/client/send/', 'shared/client/collect/', 'shared/openpgp/digests.ts'],
      ...['shared/platform/object-store/', 'shared/store/transfers/'],
    ],
    others: 'what main.ts wires are adapters; what a document is made of are its contents',
  },
  {
    word: 'lock',
    names: /(?<![A-Za-z])locks?(?![a-z])|(?<!Un|un)Lock/,
    means: 'one at a time',
    rooms: [
      ...['cli/lock.ts', 'cli/batch/', 'cli/sending/', 'cli/trust/log-memory.ts', 'cli/commands/watch.ts'],
      ...['server/', 'shared/store/', 'worker/'],
    ],
    others: 'a key is protected by a passphrase, and unlocked',
  },
  {
    word: 'policy',
    names: /policy/i,
    means: 'what the rules of shared/domain/policy say of a request',
    rooms: ['shared/domain/', 'shared/contract/transfers/', 'server/http/security-headers.ts'],
    others: 'what is loaded for them are an agreement’s facts',
  },
  {
    word: 'unfinished',
    names: /unfinished/i,
    means: 'a sending that broke off and can be resumed',
    rooms: ['cli/sending/', 'cli/batch/', 'cli/commands/resume.ts', 'shared/client/send/'],
    others: 'uploads are in progress; files are temporary or partial',
  },
  {
    word: 'outgoing',
    names: /outgoing/i,
    means: 'a file on its way to be sent',
    rooms: ['cli/sending/', 'cli/batch/', 'cli/commands/', 'shared/client/batch/', 'shared/client/send/'],
    others: 'requests to other people’s addresses are outbound',
  },
  {
    word: 'opening',
    names: /opening/i,
    means: 'what a commitment of the log is opened with',
    rooms: [
      ...['cli/commands/audit/', 'server/audit/', 'shared/client/log/', 'shared/contract/audit.ts'],
      ...['shared/domain/audit/', 'shared/store/', 'shared/words/en/log.ts'],
    ],
    others: 'nothing else is an opening',
  },
]

const strings = /'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g
const comments = /\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm
const identifiersIn = (code: string) =>
  new Set(
    code
      .replace(comments, '')
      .replace(strings, '')
      .match(/\b[A-Za-z]\w*\b/g) ?? [],
  )

const sources = globSync('{cli,server,shared,worker}/**/*.ts', { cwd: houseRoot })
  .filter((path) => !/\.(test|d)\.ts$/.test(path))
  .map((path) => ({ path, identifiers: identifiersIn(readFileSync(join(houseRoot, path), 'utf8')) }))

const strangersTo = ({ names, rooms }: Meaning, read: typeof sources) =>
  read
    .filter(({ path }) => !rooms.some((room) => path.startsWith(room)))
    .flatMap(({ path, identifiers }) =>
      [...identifiers].filter((name) => names.test(name)).map((name) => `${path}: ${name}`),
    )

it.each(meanings)('[house/one-meaning] $word is $means, and $others', (meaning) => {
  expect(strangersTo(meaning, sources)).toEqual([])
  expect(sources.some(({ identifiers }) => [...identifiers].some((name) => meaning.names.test(name)))).toBe(true)
})

it('[house/one-meaning] a word outside its rooms is found, and no other', () => {
  const planted =
    'const parts = 1 // lock\nfunction watchOver(lockKey: LockedKey, unlockKey: number) { return "policy" }'
  const read = [{ path: 'shared/present/planted.ts', identifiers: identifiersIn(planted.replaceAll('"', "'")) }]
  expect(meanings.flatMap((meaning) => strangersTo(meaning, read))).toEqual(
    ['watchOver', 'parts', 'lockKey', 'LockedKey'].map((name) => `shared/present/planted.ts: ${name}`),
  )
})
