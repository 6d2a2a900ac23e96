// Settings of the command line, from its surroundings. The person at the terminal is trusted with all of them.
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'

export const commandLineSettings = z.object({
  SAFEHAND_HOME: z
    .string()
    .min(1)
    .optional()
    .describe('the only place where anything is kept: keys, tokens, the pinned root. Unset: `~/.safehand`'),
})

export function readConfig(): { readonly home: string } {
  const { SAFEHAND_HOME } = commandLineSettings.parse(process.env)
  return { home: SAFEHAND_HOME ?? join(homedir(), '.safehand') }
}
