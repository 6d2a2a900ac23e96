// Pages that are made from code: a script makes the text, and this prints it, writes it into its page, or checks that the
// page shows it. tests/house/papers.test.ts runs the check, so that no such page is ever out of date.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

interface MadePage {
  readonly script: string
  readonly about: string
  readonly page: string
  /** The part of the page that is made; left out, the whole page is. */
  readonly between?: RegExp
  readonly text: string
}

export async function keepPage(made: MadePage): Promise<void> {
  try {
    await keep(made)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}

async function keep({ script, about, page, between = /^.*$/s, text }: MadePage): Promise<void> {
  const { values: options } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, write: { type: 'boolean' }, check: { type: 'boolean' } },
  })
  if (options.help) return console.log(helpOf({ script, about, page }))
  if (!options.write && !options.check) return console.log(text.trimEnd())
  const path = join(import.meta.dirname, '..', page)
  const whole = await readFile(path, 'utf8').catch(() => '')
  const shown = between.exec(whole)?.[0]
  if (shown === undefined) throw new Error(`${page} has no place for it: its two markers are gone`)
  if (options.write)
    await writeFile(
      path,
      whole.replace(between, () => text),
    )
  else if (shown !== text) throw new Error(`${page} shows something else: run ${script} --write`)
}

function helpOf({ script, about, page }: Pick<MadePage, 'script' | 'about' | 'page'>): string {
  return `${about}

  node scripts/start.mjs ${script} [--write | --check]

  (nothing)   prints it
  --write     puts it into ${page}
  --check     changes nothing; ends with 1 when ${page} shows something else`
}
