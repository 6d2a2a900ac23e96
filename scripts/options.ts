// What the operator's scripts share: options that settings may stand for, and words that say what to do when one is missing.
import type * as z from 'zod'

export interface Given {
  /** As the command line and the settings have them; '' counts as missing. */
  readonly options: Readonly<Record<string, unknown>>
  /** Option -> the setting that stands for it. */
  readonly settings: Readonly<Record<string, string>>
}

/** Throws with every option that is missing or wrong, never with its value. */
export function requireOptions<S extends z.ZodType>(schema: S, { options, settings }: Given): z.output<S> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const names = new Set(parsed.error.issues.map(({ path }) => String(path[0])))
  const said = [...names].map((name) => {
    const from = settings[name] === undefined ? '' : `, or set ${settings[name]}`
    return (options[name] ?? '') === '' ? `--${name} is missing: say it${from}` : `--${name} is not what it should be`
  })
  throw new Error(`${said.join('\n')}\n--help says what each is; server/RUNBOOK.md has each command whole.`)
}

/** Another database of the same server, as the same login: for a drill beside the real one. */
export function databaseOf(url: string, name: string | undefined): string {
  if (name === undefined) return url
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}
