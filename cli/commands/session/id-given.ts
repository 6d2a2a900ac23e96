// The id of a session or token, as it was typed.
import { usage } from '../../terminal/exit-codes.ts'

export function idGiven(text: string): string {
  if (!/^[0-9a-f]{32}$/.test(text)) throw usage('An id is 32 characters, as in: safehand session list')
  return text
}
