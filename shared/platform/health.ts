/**
 * Whether the parts that a process needs answer. Asked by load balancers as often as they like: the parts are asked at
 * most once a second, and one that says nothing for three seconds is missing. Says the parts' names and nothing else.
 */
import { within } from './redis.ts'

/** Each part resolves when it answers its own protocol. */
export type HealthChecks = Readonly<Record<string, () => Promise<unknown>>>

/** Gives the names of the parts that are missing now. */
export type Health = () => Promise<readonly string[]>

const HOLDS_MS = 1_000
const ANSWERS_WITHIN_MS = 3_000

export function createHealth(checks: HealthChecks): Health {
  let asked = Number.NEGATIVE_INFINITY
  let answer: Promise<readonly string[]> | undefined
  const ask = async () => {
    const names = Object.keys(checks)
    const results = await Promise.allSettled(
      names.map((name) => within({ ms: ANSWERS_WITHIN_MS, what: name, work: Promise.resolve(checks[name]?.()) })),
    )
    asked = performance.now()
    return names.filter((_, index) => results[index]?.status === 'rejected')
  }
  return () => {
    if (answer === undefined || performance.now() - asked > HOLDS_MS) {
      // Whoever asks while the parts are being asked waits for the same answer.
      asked = Number.POSITIVE_INFINITY
      answer = ask()
    }
    return answer
  }
}
