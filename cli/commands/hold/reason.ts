// Why, in one line that everyone who may look at the transfer reads.
import { usage } from '../../terminal/exit-codes.ts'

export interface Words {
  readonly reason: string
}

export function oneLine(text: string): string {
  const line = text.trim()
  if (line === '' || line.length > 200 || /[\p{Cc}]/u.test(line)) {
    throw usage('--reason is one line of 1 to 200 characters.')
  }
  return line
}
