// server/SETTINGS.md: every setting of every process, made from the schemas that read them, so that it cannot be out of date.
import type * as z from 'zod'
import { commandLineSettings } from '../cli/config.ts'
import { serverSettings } from '../server/config.ts'
import { housekeeperSettings } from '../worker/housekeeper/config.ts'
import { scannerSettings } from '../worker/scanner/config.ts'
import { keepPage } from './made-page.ts'

const processes: readonly { readonly name: string; readonly config: string; readonly settings: z.ZodObject }[] = [
  { name: 'Server', config: 'server/config.ts', settings: serverSettings },
  { name: 'Scanner', config: 'worker/scanner/config.ts', settings: scannerSettings },
  { name: 'Housekeeper', config: 'worker/housekeeper/config.ts', settings: housekeeperSettings },
  { name: 'Command line', config: 'cli/config.ts', settings: commandLineSettings },
]

const head = `# Settings

<!-- made by scripts/settings-page.ts, do not edit -->

Read from the environment at the start. A process that misses one, or does not understand one, says which and does not
start. Nothing secret has a default: secrets are in files, and settings say where. Give each process its own database login,
its own folder of keys, its own folder of secrets. How they come to be: [INSTALL.md](INSTALL.md).
`

function tableOf({ name, config, settings }: (typeof processes)[number]): string {
  const rows = Object.entries(settings.shape).map(
    ([setting, field]) =>
      `| \`${setting}\` | ${unset(field as z.ZodType)} | ${(field as z.ZodType).description ?? ''} |`,
  )
  return ['', `## ${name}`, '', `\`${config}\``, '', '| Setting | Unless set | |', '|---|---|---|', ...rows, ''].join(
    '\n',
  )
}

/** What holds when it is not set. */
function unset(field: z.ZodType): string {
  const { success, data } = field.safeParse(undefined)
  if (!success) return '**needed**'
  return data === undefined || (Array.isArray(data) && data.length === 0) ? '' : `\`${String(data)}\``
}

await keepPage({
  script: 'scripts/settings-page.ts',
  page: 'server/SETTINGS.md',
  about: 'Lists the settings of all processes, as their config.ts files have them.',
  text: `${[head, ...processes.map(tableOf)].join('').trimEnd()}\n`,
})
