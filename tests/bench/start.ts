// What the command line as people install it takes to start, in CPU time beside a Node that does nothing: for its help, and
// for a question to the service that needs nearly all of it.
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median } from './compare.ts'
import type { Site } from './site.ts'
import { sendAndWait } from './transfer-memory.ts'
import { cpuMillisecondsOf } from './usage.ts'

const run = promisify(execFile)

export interface StartBench {
  /** CPU milliseconds. */
  readonly help: number
  readonly status: number
  readonly bare: number
}

export async function benchStart({ site, starts }: { site: Site; starts: number }): Promise<StartBench> {
  const { caseworker } = site.cast.council
  const [built, file, nothing] = ['built', 'start.txt', 'nothing.mjs'].map((name) => join(site.folder, name)) as [
    string,
    string,
    string,
  ]
  try {
    await run(process.execPath, ['scripts/build.ts', '--into', built])
    await writeFile(nothing, '')
    await writeFile(file, 'started\n')
    const { transfer } = await sendAndWait(site, { file, state: 'released' })
    const safehand = join(built, 'safehand/safehand.js')
    const commands = { bare: [nothing], help: [safehand, '--help'], status: [safehand, 'status', transfer] }
    const measure = (argv: readonly string[]) => cpuMillisecondsOf(argv, { SAFEHAND_HOME: caseworker.home })
    const taken = { bare: [] as number[], help: [] as number[], status: [] as number[] }
    for (let round = 0; round <= starts; round += 1) {
      for (const name of ['bare', 'help', 'status'] as const) {
        const milliseconds = await measure(commands[name])
        if (round > 0) taken[name].push(milliseconds)
      }
    }
    return { bare: median(taken.bare), help: median(taken.help), status: median(taken.status) }
  } finally {
    for (const path of [built, file, nothing]) await rm(path, { recursive: true, force: true })
  }
}
