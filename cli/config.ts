// Settings of the command line, from its surroundings. The person at the terminal is trusted with all of them.
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'

const environment = z.object({
  /** Where keys, tokens and the anchor live. */
  SAFEHAND_HOME: z.string().min(1).optional(),
})

export function readConfig(): { readonly home: string } {
  const { SAFEHAND_HOME } = environment.parse(process.env)
  return { home: SAFEHAND_HOME ?? join(homedir(), '.safehand') }
}
