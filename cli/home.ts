// SAFEHAND_HOME: the only place a command line keeps anything. Folder 0700, files 0600, each written whole or not at
// all. Layout: settings.json, anchor.json, token.json, key.json, roster-key.json, old-keys/, journal/, unfinished/,
// receipts/, batches/, logs/.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { keepSeen } from '#client/trust/anchor.ts'
import { scopes } from '#contract/operation.ts'
import { type Anchor, anchor } from '#domain/anchor.ts'
import { accountId, email, type Fingerprint, instant, organisationId } from '#domain/values.ts'
import { makePrivateFolder, writePrivate } from '#platform/files.ts'
import { CommandFailed, exitCodes, unauthenticated } from './terminal/exit-codes.ts'
import { type KeyFile, keyFile } from '#domain/certificates/key-file.ts'

export const settings = z.strictObject({ url: z.url(), email, account: accountId, organisation: organisationId })
export type Settings = z.infer<typeof settings>

const storedToken = z.strictObject({
  token: z.string().min(1),
  scopes: z.array(z.enum(scopes)),
  expires: instant,
})
export type StoredToken = z.infer<typeof storedToken>

export interface Home {
  readonly folder: string
  /** A file's or folder's path below the home; the folders on the way exist afterwards. */
  path(...folders: readonly [string, ...string[]]): Promise<string>
  readSettings(): Promise<Settings>
  writeSettings(value: Settings): Promise<void>
  readToken(): Promise<StoredToken>
  writeToken(value: StoredToken): Promise<void>
  removeToken(): Promise<void>
  readAnchor(): Promise<Anchor>
  findAnchor(): Promise<Anchor | null>
  writeAnchor(value: Anchor): Promise<void>
  readKey(name: KeyName): Promise<KeyFile>
  findKey(name: KeyName): Promise<KeyFile | null>
  writeKey(name: KeyName, value: KeyFile): Promise<void>
  /** A key that was replaced: it counts until the roster names the new one. */
  findOldKey(encryptionSubkey: Fingerprint): Promise<KeyFile | null>
  writeOldKey(value: KeyFile): Promise<void>
}

/** A person's own key, and an administrator's roster key. */
export type KeyName = 'key' | 'roster-key'

export function createHome(folder: string): Home {
  const file = <T>(name: string, model: z.ZodType<T>) => ({
    find: () => readJson({ path: join(folder, name), model }),
    write: async (value: T) => {
      await makePrivateFolder(folder)
      await writePrivate(join(folder, name), `${JSON.stringify(value, null, 2)}\n`)
    },
  })
  const files = {
    settings: file('settings.json', settings),
    token: file('token.json', storedToken),
    anchor: file('anchor.json', anchor),
    key: file('key.json', keyFile),
    'roster-key': file('roster-key.json', keyFile),
  }
  const oldKey = (encryptionSubkey: Fingerprint) => file(join('old-keys', `${encryptionSubkey}.json`), keyFile)
  const required = async <T>(found: Promise<T | null>, missing: string): Promise<T> => {
    const value = await found
    if (value === null) throw unauthenticated(missing)
    return value
  }
  return {
    folder,
    async path(...folders) {
      await makePrivateFolder(folder)
      for (let depth = 1; depth < folders.length; depth += 1)
        await makePrivateFolder(join(folder, ...folders.slice(0, depth)))
      return join(folder, ...folders)
    },
    readSettings: () => required(files.settings.find(), 'Not signed in. Use: safehand sign-in'),
    writeSettings: files.settings.write,
    readToken: () => required(files.token.find(), 'Not signed in. Use: safehand sign-in'),
    writeToken: files.token.write,
    removeToken: () => rm(join(folder, 'token.json'), { force: true }),
    readAnchor: () => required(files.anchor.find(), 'No root is pinned. Use: safehand key create --root FINGERPRINT'),
    findAnchor: files.anchor.find,
    async writeAnchor(value) {
      const kept = await files.anchor.find()
      await files.anchor.write(kept === null ? value : keepSeen(value, kept))
    },
    readKey: (name) => required(files[name].find(), missingKey[name]),
    findKey: (name) => files[name].find(),
    writeKey: (name, value) => files[name].write(value),
    findOldKey: (encryptionSubkey) => oldKey(encryptionSubkey).find(),
    writeOldKey: async (value) => {
      await makePrivateFolder(folder)
      await makePrivateFolder(join(folder, 'old-keys'))
      await oldKey(value.encryptionSubkey).write(value)
    },
  }
}

const missingKey: Readonly<Record<KeyName, string>> = {
  key: 'There is no key here yet. Use: safehand key create, or key register',
  'roster-key': 'There is no roster key here. Use: safehand roster create-key',
}

/** Null when the file is not there. A file that cannot be read as what it should be ends the command: it is not replaced. */
export async function readJson<T>({ path, model }: { path: string; model: z.ZodType<T> }): Promise<T | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const parsed = model.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new CommandFailed({ exit: exitCodes.unexpected, code: 'HOME_DAMAGED', message: `${path} is damaged.` })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
