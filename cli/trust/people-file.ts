// A list of people as a CSV file: email, name, roles, teams (the last two separated by semicolons), and, when whoever
// knows them has compared it, the fingerprint of their key. The administrator's own file: what it says counts.
import { parse } from 'csv-parse/sync'
import * as z from 'zod'
import { role } from '#domain/organisations/roles.ts'
import { email, fingerprint, line } from '#domain/values.ts'
import { readText } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'

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

/** Every row, or none: CommandFailed names the first that cannot be read. */
export async function readPeopleFile(path: string): Promise<readonly PersonRow[]> {
  const rows = recordsOf(await readText(path), path).map((record, index) => {
    const parsed = row.safeParse(record)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]
    throw usage(`${path}, person ${index + 1}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}. ${columns}`)
  })
  const seen = new Set<string>()
  for (const { email: one } of rows) {
    if (seen.has(one)) throw usage(`${path} names ${one} twice.`)
    seen.add(one)
  }
  if (rows.length > maxRows) throw usage(`${path} names more than ${maxRows} people.`)
  return rows
}

const columns = 'The first line names the columns: email,name,roles,teams, and fingerprint if you have it.'

function recordsOf(text: string, path: string): readonly unknown[] {
  try {
    return parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true })
  } catch (error) {
    throw usage(`${path} is no CSV file: ${(error as Error).message}. ${columns}`)
  }
}
