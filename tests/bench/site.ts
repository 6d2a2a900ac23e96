// One Safehand with its people on given services, for measurements of whole transfers: what the demo sets up.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Values } from '../../scripts/services.ts'
import { type Cast, createCast } from '../fixtures/cast.ts'
import { createTestDatabase } from '../fixtures/database.ts'
import { type Installation, startInstallation } from '../fixtures/installation.ts'

export interface Site extends AsyncDisposable {
  readonly installation: Installation
  readonly cast: Cast
  /** For files of the measurement; goes with the site. */
  readonly folder: string
}

export async function openSite(services: Values): Promise<Site> {
  await using cleaning = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'safehand-bench-'))
  cleaning.defer(() => rm(folder, { recursive: true, force: true }))
  const database = await createTestDatabase(services)
  cleaning.defer(() => database.drop())
  const installation = await startInstallation({
    services,
    databaseUrls: database.urls,
    directory: join(folder, 'service'),
  })
  cleaning.defer(() => installation.stop())
  const cast = await createCast({ installation, directory: join(folder, 'homes') })
  const kept = cleaning.move()
  return { installation, cast, folder, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
