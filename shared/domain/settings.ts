// What settings of several processes look like. Which process has which, and why, stands in its config.ts.
import * as z from 'zod'

/** `production` does not start with an unsafe setting; `demo` starts, and says each. */
export const mode = z.enum(['production', 'demo']).default('production')
export type Mode = z.output<typeof mode>

/** Separated by commas; none when empty. */
export const hostNames = z
  .string()
  .default('')
  .transform((text) => text.split(',').filter(Boolean))

/** Throws an Error that names each setting which is missing or wrong, never its value. */
export function parseSettings<S extends z.ZodType>(schema: S, environment: unknown): z.output<S> {
  const parsed = schema.safeParse(environment)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`)
  throw new Error(`These settings are missing or wrong:\n${problems.join('\n')}`)
}
