// A list of people as an administrator writes it: email, name, roles, teams (the last two separated by semicolons), and,
// when whoever knows them has compared it, the fingerprint of their key. The administrator's own: what it says counts.
import * as z from 'zod'
import { email, fingerprint, line } from '../values.ts'
import { role } from '../roles.ts'

const list = z.string().transform((text) =>
  text
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
)

const row = z.strictObject({
  email,
  name: line(120),
  roles: list.pipe(z.array(role).min(1).max(8)),
  teams: list.pipe(z.array(line(120)).max(50)),
  fingerprint: z
    .string()
    .transform((text) => text.replaceAll(/\s/g, '').toLowerCase())
    .pipe(z.union([z.literal('').transform(() => null), fingerprint]))
    .default(null),
})
export type PersonRow = z.infer<typeof row>

/** As many as a roster holds. */
const maxRows = 10_000

/** Every row, or none. `person`: the first that cannot be read, counted from 1; null when it is the list as a whole. */
export function readPeople(
  records: readonly unknown[],
): { readonly people: readonly PersonRow[] } | { readonly person: number | null; readonly reason: string } {
  const people: PersonRow[] = []
  const seen = new Set<string>()
  for (const [index, record] of records.entries()) {
    const parsed = row.safeParse(record)
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      return { person: index + 1, reason: `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}` }
    }
    if (seen.has(parsed.data.email)) return { person: null, reason: `names ${parsed.data.email} twice` }
    seen.add(parsed.data.email)
    people.push(parsed.data)
  }
  return people.length > maxRows ? { person: null, reason: `names more than ${maxRows} people` } : { people }
}
