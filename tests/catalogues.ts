// Compares what the real system raised in a test run with the catalogues of domain: a refusal or audit event that no
// test ever provoked is unproved, and one outside the catalogue has no words. The integration fixture writes what it
// read from the real audit entries, one JSON object a line, to the file named by SAFEHAND_RAISED.
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import * as z from 'zod'

/** One line of the file: `{"kind":"refusal","code":"NOT_FOUND"}` or `{"kind":"event","code":"transfer.released"}`. */
const raisedLine = z.strictObject({ kind: z.enum(['refusal', 'event']), code: z.string().min(1) })

export type Raised = z.infer<typeof raisedLine>
export type Catalogues = { refusals: object; auditEvents: object }
export type CatalogueGaps = { neverRaised: string[]; uncatalogued: string[] }

/** For the fixture: adds what the real system raised to the run's file; outside `npm test` there is none. */
export function recordRaised(raised: Raised[], path = process.env.SAFEHAND_RAISED): void {
  if (path) appendFileSync(path, raised.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** Reads the file that the fixture wrote; no file means that nothing was raised. Throws on a malformed line. */
export function readRaised(path: string): Raised[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => raisedLine.parse(JSON.parse(line)))
}

export function compareCatalogues({ refusals, auditEvents }: Catalogues, raised: Raised[]): CatalogueGaps {
  const listed = new Set([...named('refusal', Object.keys(refusals)), ...named('event', Object.keys(auditEvents))])
  const seen = new Set(raised.map(({ kind, code }) => `${kind} ${code}`))
  return { neverRaised: [...listed.difference(seen)].sort(), uncatalogued: [...seen.difference(listed)].sort() }
}

function named(kind: Raised['kind'], codes: string[]): string[] {
  return codes.map((code) => `${kind} ${code}`)
}
