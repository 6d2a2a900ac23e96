// A clock that is wrong, said before anything else: what depends on the time looks like somebody's lie by it.
import { clockSkewSeconds, epochSeconds } from '#domain/time.ts'
import type { Instant } from '#domain/values.ts'
import { dateInWords } from './dates.ts'

/** What two clocks said at one moment. */
export interface TwoClocks {
  readonly own: Instant
  readonly service: Instant
}

/** Null: they agree, to within what is allowed everywhere. `found`: what was refused, and is said after it. */
export function clockWords({ own, service }: TwoClocks, found: string): string | null {
  const ahead = epochSeconds(own) - epochSeconds(service)
  if (Math.abs(ahead) <= clockSkewSeconds) return null
  const off = `about ${spanInWords(Math.abs(ahead))} ${ahead < 0 ? 'slow' : 'fast'}`
  return [
    `Your computer’s clock is ${off}: it says ${dateInWords(own)}, and the service says ${dateInWords(service)}.`,
    'By a wrong clock nothing can be checked. Set it right and try again.',
    `If your clock is right: ${found}`,
  ].join('\n')
}

const numbers = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

/** `six minutes`, `two hours`, `40 days`. */
function spanInWords(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const
  const [unit, length] = units.find(([, one]) => seconds >= one * 0.9) ?? units[2]
  const count = Math.max(1, Math.round(seconds / length))
  return `${numbers[count - 1] ?? count} ${unit}${count === 1 ? '' : 's'}`
}
