// An id as it was typed.
import { usage } from './exit-codes.ts'

export function idGiven(text: string): string {
  if (!/^[0-9a-f]{32}$/.test(text)) throw usage('An id is 32 characters, 0 to 9 and a to f: copy it from the list.')
  return text
}
