// Which tests a run takes: all of them, those that its arguments name, or with `--quick` all but the long ones.

/** Fuzzing, the campaign's sample, the bench, half a gibibyte through every process, and Debian's parts unpacked anew. */
export const longTests: readonly string[] = [
  'tests/integration/openpgp/fuzz.test.ts',
  'tests/faults/campaign.test.ts',
  'tests/integration/bench/bench.test.ts',
  'tests/integration/memory/half-a-gibibyte.test.ts',
  'tests/integration/memory/large-files.test.ts',
  'tests/integration/platform/unpacking.test.ts',
]

/** Vitest's arguments for those of `npm test`. */
export function selectionOf(args: readonly string[]): { whole: boolean; leftOut: readonly string[]; args: string[] } {
  const leftOut = args.includes('--quick') ? longTests : []
  const passedOn = args.filter((arg) => arg !== '--quick')
  return {
    whole: args.length === 0,
    leftOut,
    args: [...passedOn, ...leftOut.flatMap((file) => ['--exclude', file])],
  }
}
