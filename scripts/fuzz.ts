// Fuzzes the envelope code for as long as it is told: the fuzzer and its oracle are in tests/fixtures/fuzz-envelopes.ts,
// a short run of it is part of the tests. Writes nothing but a finding.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { FuzzFinding, fuzzEnvelopes } from '../tests/fixtures/fuzz-envelopes.ts'

const HELP = `Changes valid OpenPGP messages and feeds them to the head splitter, the body walker and the decoders.

  node scripts/start.mjs scripts/fuzz.ts [--minutes N] [--seed N]

  --minutes N   how long (default: 60; fractions are allowed)
  --seed N      a whole number; the same seed makes the same cases (default: from the clock, and printed)

Ends with 0 when nothing was found. A finding is anything but an EnvelopeError, a length misjudged, an altered message
that opens, or a file that openpgp.js reads otherwise; its message is written to fuzz-finding.pgp.log and it ends with 1.`

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      minutes: { type: 'string', default: '60' },
      seed: { type: 'string' },
    },
  })
  if (options.help) return console.log(HELP)
  const minutes = Number(options.minutes)
  if (!(minutes > 0)) throw new Error('--minutes wants a number above 0')
  const seed = options.seed === undefined ? Date.now() % 2 ** 32 : Number(options.seed)
  if (!Number.isInteger(seed)) throw new Error('--seed wants a whole number')
  console.log(`fuzzing for ${minutes} min, seed ${seed}`)
  const report = await fuzzEnvelopes({ seed, enough: untilOver(minutes * 60_000) })
  console.log(JSON.stringify(report, null, 2))
}

function untilOver(milliseconds: number) {
  const start = performance.now()
  let said = start
  return ({ cases }: { cases: number }) => {
    const now = performance.now()
    if (now - said > 30_000) {
      said = now
      console.log(`${cases} cases`)
    }
    return now - start > milliseconds
  }
}

await main().catch(async (error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof FuzzFinding) await writeFile('fuzz-finding.pgp.log', error.bytes)
  process.exitCode = 1
})
