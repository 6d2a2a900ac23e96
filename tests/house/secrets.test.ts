// The operator's script for secrets, run as an operator runs it: each process finds what its settings want, nobody else
// may read it, and a second run changes nothing.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loginRoles } from '#store/migrate.ts'
import { loadSecrets } from '../../server/secrets.ts'
import { houseRoot, withPlantedHouse } from './planted.ts'

function makeSecrets(directory: string) {
  return spawnSync(process.execPath, ['scripts/secrets.ts', '--directory', directory], {
    cwd: houseRoot,
    encoding: 'utf8',
  })
}

function filesIn(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

describe('[house/secrets] scripts/secrets.ts', () => {
  it('makes what each process reads, and a password for each login, for this user alone', () =>
    withPlantedHouse({}, async (folder) => {
      const directory = join(folder, 'secrets')
      expect(makeSecrets(directory).status).toBe(0)
      const { session, totp, tokens, webhooks } = await loadSecrets(join(directory, 'server'))
      const wrapping = readFileSync(join(directory, 'scanner/scan-keys.key'))
      expect(new Set([session, totp, tokens, webhooks, wrapping].map((secret) => secret.toHex())).size).toBe(5)
      const signing = readFileSync(join(directory, 'housekeeper/webhooks.key'))
      expect(signing.toHex()).toBe(webhooks.toHex())
      expect(wrapping).toHaveLength(32)
      const passwords = JSON.parse(readFileSync(join(directory, 'passwords.json'), 'utf8'))
      expect(Object.keys(passwords)).toEqual([...loginRoles])
      expect(filesIn(directory).map((path) => statSync(path).mode & 0o777)).toEqual(Array(7).fill(0o600))
    }))

  it('overwrites nothing', () =>
    withPlantedHouse({}, (folder) => {
      const directory = join(folder, 'secrets')
      makeSecrets(directory)
      const before = filesIn(directory).map((path) => readFileSync(path).toHex())
      const again = makeSecrets(directory)
      expect(again).toMatchObject({ status: 1, stdout: '' })
      expect(again.stderr).toContain('nothing was changed')
      expect(filesIn(directory).map((path) => readFileSync(path).toHex())).toEqual(before)
    }))
})
