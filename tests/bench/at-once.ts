// What the service holds while many transfers go through it at once, beside one alone (ARCHITECTURE.md#measures). The
// people's commands run in this process: only the service's own processes count, clamd's memory apart.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { passphraseOf, until } from '../fixtures/cast.ts'
import { sha256Of, writeSeeded } from './seeded.ts'
import type { Site } from './site.ts'
import { meterService } from './transfer-memory.ts'
import type { Usage } from './usage.ts'

/** `peakMib` is the sum of what each process held at most. */
export async function measureAtOnce(site: Site, { mib, many }: { mib: number; many: number }): Promise<Usage> {
  const file = join(site.folder, `at-once-${mib}.bin`)
  try {
    const sum = await writeSeeded(file, { kind: 'random', seed: `${mib} MiB`, mib })
    const service = meterService(site)
    await Promise.all(Array.from({ length: many }, (_, index) => carry(site, { file, index, sum })))
    const used = Object.values(service.usage())
    return {
      peakMib: used.reduce((all, { peakMib }) => all + peakMib, 0),
      cpuSeconds: used.reduce((all, { cpuSeconds }) => all + cpuSeconds, 0),
    }
  } finally {
    await rm(file, { force: true })
  }
}

async function carry({ cast, folder }: Site, of: { file: string; index: number; sum: string }): Promise<void> {
  const [sender, reader] = [cast.council.caseworker, cast.police.first]
  const into = join(folder, `at-once-${of.index}`)
  try {
    const { transfer } = await sender.done(
      ...['send', of.file, '--agreement', cast.agreement, '--flow', 'council-to-police'],
      ...['--purpose', 'SAFEGUARD_CHILD', '--item', 'INCIDENT_SUMMARY', '--to', reader.email, ...passphraseOf(sender)],
    )
    await until('it is released', async () => (await sender.done('status', transfer)).state === 'released', 3600)
    const { files } = await reader.done('collect', transfer, '--into', into, ...passphraseOf(reader))
    if ((await sha256Of(files[0].place)) !== of.sum) throw new Error('another file arrived than was sent')
  } finally {
    await rm(into, { recursive: true, force: true })
  }
}
