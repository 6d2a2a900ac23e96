// What has to be there before anybody collects, for each flow, verdict and amount.
import { describe, expect, it } from 'vitest'
import type { Flow } from '../agreements/agreement.ts'
import type { Amount } from '../policy/approval-over.ts'
import { releaseNeeds } from './release-needs.ts'

type Rules = Pick<Flow, 'malwareAssurance' | 'approvalOver' | 'fileTypes'>

const sealed: Rules = { malwareAssurance: 'SCANNED_THEN_SEALED' }
const declared: Rules = { malwareAssurance: 'SENDER_DECLARED' }
const bounds = { approvalOver: { records: 10, files: 2, bytes: 100 } }
const small: Amount = { records: 10, files: 2, bytes: 100 }
const clean = { verdict: 'clean', finding: null } as const
const locked = { verdict: 'unscannable', finding: 'Heuristics.Encrypted.Zip' } as const
const altered = { verdict: 'unscannable', finding: 'Safehand.Body.Altered' } as const
const pdfOnly: Rules = { ...declared, fileTypes: ['pdf'] }
const infected = { verdict: 'infected', finding: 'Eicar' } as const

describe('[approval/required] what a transfer needs before it is collected', () => {
  const none = 'nobody'
  const table: readonly (readonly [
    string,
    Rules,
    readonly (typeof clean | typeof locked | typeof infected | typeof altered)[],
    Amount,
    string,
  ])[] = [
    ['clean', sealed, [clean, clean], small, none],
    ['clean, and no bounds', sealed, [clean], { records: 1e9, files: 1e9, bytes: 1e9 }, none],
    ['clean, exactly at every bound', { ...sealed, ...bounds }, [clean], small, none],
    ['one record more', { ...sealed, ...bounds }, [clean], { ...small, records: 11 }, 'over-threshold, records'],
    ['one file more', { ...sealed, ...bounds }, [clean], { ...small, files: 3 }, 'over-threshold, files'],
    ['one octet more', { ...sealed, ...bounds }, [clean], { ...small, bytes: 101 }, 'over-threshold, bytes'],
    ['records not stated', { ...sealed, ...bounds }, [clean], { ...small, records: null }, none],
    ['not looked into, where nothing goes unscanned', sealed, [clean, locked], small, 'never: unscannable'],
    ['not looked into, where it is declared', declared, [clean, locked], small, 'unscannable, null'],
    ['the same, and over a bound', { ...declared, ...bounds }, [locked], { ...small, files: 3 }, 'unscannable, files'],
    ['altered, where it is declared', declared, [locked, altered], small, 'never: unscannable'],
    ['infected, where it is declared', declared, [locked, infected], small, 'never: infected'],
    ['of a type that is not listed', pdfOnly, [clean], small, 'never: file-types'],
    ['the same, and not looked into', pdfOnly, [locked], small, 'never: file-types'],
    ['of listed types', { ...pdfOnly, fileTypes: ['csv', 'pdf'] }, [clean], small, none],
    ['infected', sealed, [clean, infected], small, 'never: infected'],
  ]
  it.each(table)('%s', (_, flow, verdicts, amount, expected) => {
    const found = releaseNeeds(flow, { verdicts, amount, fileTypes: ['pdf', 'csv'] })
    const said =
      found.needs === 'nobody'
        ? none
        : found.needs === 'never'
          ? `never: ${found.because}`
          : `${found.reason}, ${found.over}`
    expect(said).toBe(expected)
  })
})
