// The whole job, from a file at the sender to the same file at the recipient, scanned on its way, beside what a shell
// script would do (ARCHITECTURE.md#measures): gpg, curl to a bare server over the same disk with fsync, clamd, curl,
// gpg. Ours is two commands as people run them, with sign-in, agreement, digests, seal and log; theirs has none of it.
import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { scanStream } from '#platform/clamd.ts'
import { unpackCurl, type Values } from '../../scripts/services.ts'
import { type GnuPg, startGnuPg } from '../fixtures/gnupg.ts'
import { type Measuring, withServers } from './carry.ts'
import { type Comparison, compare } from './compare.ts'
import { requireClean } from './scan.ts'
import { sha256Of, writeSeeded } from './seeded.ts'
import { collectOne, meterService, sendAndWait } from './transfer-memory.ts'
import { together, type Usage } from './usage.ts'

const run = promisify(execFile)
const nothing: Usage = { cpuSeconds: 0, peakMib: 0 }

export async function benchWholeJob(measuring: Measuring & { readonly clamd: Values['clamd'] }): Promise<Comparison> {
  const { site, mib, rounds, clamd } = measuring
  const file = join(site.folder, 'whole-job.bin')
  const sum = await writeSeeded(file, { kind: 'random', seed: 'whole job', mib })
  const into = join(site.folder, 'whole-job')
  const requireSame = async (place: string) => {
    if ((await sha256Of(place)) !== sum) throw new Error('another file arrived than was sent')
  }
  const gnupg = await startGnuPg()
  try {
    await gnupg.must(['--quick-gen-key', 'reader@bench.example', 'future-default', 'default', 'never'])
    const ours = async () => {
      await rm(into, { recursive: true, force: true })
      const service = meterService(site)
      const sent = await sendAndWait(site, { file, state: 'released' })
      const collected = await collectOne(site, { transfer: sent.transfer, into })
      return together([sent.usage, collected.usage, ...Object.values(service.usage())])
    }
    return await withServers({ site }, async ({ bareUrl }) => {
      const pipeline = { gnupg, clamd, file, folder: site.folder, url: `${bareUrl}/whole-job` }
      const measured = await compare({ mib, rounds, ours, reference: () => runPipeline(pipeline) })
      const [name = ''] = await readdir(into)
      for (const place of [join(into, name), join(site.folder, 'opened.bin')]) await requireSame(place)
      return measured
    })
  } finally {
    await gnupg.end()
    await rm(into, { recursive: true, force: true })
  }
}

interface Pipeline {
  readonly gnupg: GnuPg
  readonly clamd: Values['clamd']
  readonly file: string
  readonly folder: string
  readonly url: string
}

/** Its processes are somebody else's: only its time counts. */
async function runPipeline({ gnupg, clamd, file, folder, url }: Pipeline): Promise<Usage> {
  const curl = await unpackCurl()
  const [sealed, fetched, opened] = ['sealed.gpg', 'fetched.gpg', 'opened.bin'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [sealed, fetched, opened]) await rm(path, { force: true })
  const { command, args, env } = gnupg.commandLine
  const reader = ['--recipient', 'reader@bench.example', '--compress-algo', 'none']
  await run(command, [...args, ...reader, '--output', sealed, '--encrypt', file], { env })
  await run(curl.command, ['-sS', '--fail', '-T', sealed, `${url}?part=1`], { env: curl.env })
  requireClean(await scanStream({ clamd, bytes: createReadStream(file, { highWaterMark: 1024 * 1024 }) }))
  await run(curl.command, ['-sS', '--fail', '-o', fetched, url], { env: curl.env })
  await run(command, [...args, '--output', opened, '--decrypt', fetched], { env })
  return nothing
}
