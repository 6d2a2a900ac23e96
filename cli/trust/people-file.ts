// A list of people as a CSV file.
import { parse } from 'csv-parse/sync'
import { type PersonRow, readPeople } from '#domain/organisations/people-list.ts'
import { readText } from '../context.ts'
import { usage } from '../terminal/exit-codes.ts'

/** Every row, or none: CommandFailed names the first that cannot be read. */
export async function readPeopleFile(path: string): Promise<readonly PersonRow[]> {
  const read = readPeople(recordsOf(await readText(path), path))
  if ('people' in read) return read.people
  const { person, reason } = read
  throw usage(person === null ? `${path} ${reason}.` : `${path}, person ${person}: ${reason}. ${columns}`)
}

const columns = 'The first line names the columns: email,name,roles,teams, and fingerprint if you have it.'

function recordsOf(text: string, path: string): readonly unknown[] {
  try {
    return parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true })
  } catch (error) {
    throw usage(`${path} is no CSV file: ${(error as Error).message}. ${columns}`)
  }
}
