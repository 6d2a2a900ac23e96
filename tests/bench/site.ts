// One Safehand with its people on given services, for measurements of whole transfers: what the demo sets up.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Values } from '../../scripts/services.ts'
import { type Cast, copyCast, createCast } from '../fixtures/cast.ts'
import { createTestDatabase } from '../fixtures/database.ts'
import type { GrownTown } from '../fixtures/grown.ts'
import { type Installation, type InstallationOptions, startInstallation } from '../fixtures/installation.ts'

export interface Site extends AsyncDisposable {
  readonly installation: Installation
  readonly cast: Cast
  /** Where the cast keeps its homes and its agreement. */
  readonly homes: string
  /** More settings for a measured command of that name. */
  readonly commandSettings: (name: string) => Readonly<Record<string, string>>
  /** For files of the measurement; goes with the site. */
  readonly folder: string
}

export interface SiteOptions extends Pick<InstallationOptions, 'settings'>, Partial<Pick<Site, 'commandSettings'>> {
  /** Copied; else people begin from nothing, which takes a while. */
  readonly grown?: GrownTown
}

export async function openSite(
  services: Values,
  { commandSettings = () => ({}), grown, ...options }: SiteOptions = {},
): Promise<Site> {
  await using cleaning = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'safehand-bench-'))
  cleaning.defer(() => rm(folder, { recursive: true, force: true }))
  const database = await createTestDatabase(services, grown && { from: grown.database })
  cleaning.defer(() => database.drop())
  const installation = await startInstallation({
    ...options,
    services,
    databaseUrls: database.urls,
    directory: join(folder, 'service'),
    ...(grown && { from: grown.service }),
  })
  cleaning.defer(() => installation.stop())
  const homes = join(folder, 'homes')
  const starting = { installation, directory: homes }
  const cast = grown ? await copyCast(starting, grown) : await createCast(starting)
  const kept = cleaning.move()
  return { installation, cast, homes, commandSettings, folder, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
