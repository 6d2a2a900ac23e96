/**
 * Parts from Debian's own packages, unpacked beside the project: `apt-get download` and `dpkg -x` into `.parts/`,
 * the same way as root and as an ordinary user, with nothing installed on the machine and nothing to undo. apt
 * checks the signatures. Uses the machine's package lists, or a private copy of them when those are missing or old.
 * What the machine has installed counts for nothing: a part holds all its libraries, and its programs have run once
 * before it counts.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from './lock.ts'
import { run } from './part.ts'

/**
 * Libraries that stay the machine's: its C library, which must fit its own loader and runs this Node too, and what
 * Debian's dependencies pull in for programs that nobody here starts.
 */
const NEVER_UNPACKED =
  /^(libc6|libc-|libllvm|libperl|lib.*-perl$|libpython|libpam-|libaudit-common|libsemanage|libsystemd-shared)/

class PartMissing extends Error {
  override readonly name = 'PartMissing'
}

type Wanted = {
  /** Folder name below `.parts/`. */
  name: string
  /** Debian package to take, with every library that it needs. */
  package: string
  /** More packages: of programs, whether Debian has it depend on them or not. */
  also?: readonly string[]
  /** Libraries that its programs need for nothing that we do with them. */
  without?: RegExp
  /** Folders of its libraries further down than the usual one. */
  libraries?: readonly string[]
  /** Each program that is started, and how it is asked for no more than its version; a name may hold one `*`. */
  tries: readonly (readonly [program: string, ...args: string[]])[]
  /** What to set to use one's own instead. */
  setting: string
  log: (line: string) => void
}

export type Unpacked = {
  /** The unpacked part's file tree: `usr/bin`, `usr/lib`, ... */
  folder: string
  /** Environment in which its programs find its libraries. */
  env: NodeJS.ProcessEnv
}

/** An unpacked part whose programs run: from an earlier time, or unpacked now; unpacked again when damaged. */
export async function debianPart(part: Wanted): Promise<Unpacked> {
  const parts = join(import.meta.dirname, '../../.parts', await systemName())
  const folder = join(parts, part.name)
  try {
    const found = await triedPart(part, folder).catch(() => undefined)
    if (found !== undefined) return found
    await mkdir(parts, { recursive: true })
    return await withLock(join(parts, `${part.name}.lock`), async () => {
      // Whoever held the lock may have unpacked it meanwhile.
      const made = await triedPart(part, folder).catch((error: unknown) => {
        if (existsSync(folder)) part.log(`${part.name} in .parts/ is damaged: ${reasonOf(error)}`)
      })
      if (made !== undefined) return made
      part.log(
        `unpacking Debian's ${part.package} into .parts/: half a minute, once (nothing is installed on this machine)`,
      )
      const fresh = join(parts, `${part.name}.${process.pid}.unpacking`)
      try {
        await download({ part, folder: fresh, state: join(parts, 'apt') })
        await triedPart(part, join(fresh, 'root'))
        await rename(folder, join(fresh, 'damaged')).catch(ignoreMissing)
        await rename(join(fresh, 'root'), folder)
      } finally {
        await rm(fresh, { recursive: true, force: true })
      }
      return { folder, env: await librariesOf(folder, part.libraries) }
    })
  } catch (error) {
    throw new PartMissing(
      `${part.name} is not on this machine and Debian's package ${part.package} could not be unpacked.\n` +
        `Install it yourself, or set ${part.setting} to one of your own.\n${reasonOf(error)}`,
      { cause: error },
    )
  }
}

/** Throws when a program of the part in this folder does not run. */
async function triedPart({ tries, libraries }: Wanted, folder: string): Promise<Unpacked> {
  const env = await librariesOf(folder, libraries)
  for (const [program, ...args] of tries) {
    await run({ command: await programIn(folder, program), args, cwd: folder, env })
  }
  return { folder, env }
}

/** The program of that name; where a folder carries a version (`usr/lib/postgresql/*\/bin`), that of the newest. */
export async function programIn(folder: string, name: string): Promise<string> {
  const [before = '', after] = name.split('*')
  if (after === undefined) return join(folder, name)
  const versions = await readdir(join(folder, before)).catch(() => [])
  return join(folder, before, versions.sort().at(-1) ?? 'missing', after)
}

/** Environment in which the programs of a part at this place find its libraries. */
export async function librariesOf(folder: string, further: readonly string[] = []): Promise<NodeJS.ProcessEnv> {
  const found: string[] = []
  for (const base of ['usr/lib', 'lib']) {
    const names = await readdir(join(folder, base)).catch(() => [])
    found.push(...names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(folder, base, name)))
  }
  const deeper = further.flatMap((name) => found.map((path) => join(path, name)))
  return { ...process.env, LD_LIBRARY_PATH: [...deeper, ...found].join(':') }
}

type Download = { part: Wanted; folder: string; state: string }

async function download({ part, folder, state }: Download): Promise<void> {
  const attempts = [() => Promise.resolve([] as string[]), () => privateLists(state)]
  let failure: unknown
  for (const lists of attempts) {
    await rm(folder, { recursive: true, force: true })
    await mkdir(join(folder, 'archives'), { recursive: true })
    await mkdir(join(folder, 'root'))
    try {
      const options = await lists()
      const names = await packagesOf(part, options)
      await apt([...options, 'download', ...names], join(folder, 'archives'))
      for (const archive of await readdir(join(folder, 'archives'))) {
        await run({ command: 'dpkg', args: ['-x', join('archives', archive), 'root'], cwd: folder })
      }
      return
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

/** What apt would install for this part on a machine that has nothing, as far as its programs need it. */
async function packagesOf(part: Wanted, options: readonly string[]): Promise<string[]> {
  const asked = [part.package, ...(part.also ?? [])]
  const programs = [...asked, ...(await Promise.all(asked.map((name) => versionedBy(name, options)))).flat()]
  const plan = await apt([...options, '--simulate', '--no-install-recommends', 'install', ...programs])
  const planned = [...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? [])
  const isLibrary = (name: string) => /^z?lib/.test(name) && !NEVER_UNPACKED.test(name) && !part.without?.test(name)
  return planned.filter((name) => programs.includes(name) || isLibrary(name))
}

/** An empty package that stands for the version of the release (`postgresql`) depends on it (`postgresql-15`). */
async function versionedBy(wanted: string, options: readonly string[]): Promise<string[]> {
  const text = await run({
    command: 'apt-cache',
    args: [...options, ...NOTHING_INSTALLED, 'depends', wanted],
    cwd: '/',
  })
  return [...text.matchAll(/^\s+Depends: (\S+)/gm)].flatMap(([, name]) =>
    name?.match(new RegExp(`^${wanted}-\\d+$`)) ? name : [],
  )
}

/** Fresh package lists of our own. A source that does not answer is no error: the plan shows what is there. */
async function privateLists(state: string): Promise<string[]> {
  await mkdir(join(state, 'lists/partial'), { recursive: true })
  await mkdir(join(state, 'cache/archives/partial'), { recursive: true })
  const options = ['-o', `Dir::State::lists=${state}/lists`, '-o', `Dir::Cache=${state}/cache`]
  await withLock(join(state, 'update.lock'), () =>
    apt([...options, '-o', 'Acquire::Languages=none', 'update']).catch(() => ''),
  )
  return options
}

/** apt plans as on a machine with no package at all, and leaves no cache of that behind. */
const NOTHING_INSTALLED = ['Dir::State::status=/dev/null', 'Dir::Cache::pkgcache=', 'Dir::Cache::srcpkgcache='].flatMap(
  (option) => ['-o', option],
)

function apt(args: readonly string[], cwd = '/'): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  const sandbox = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : []
  return run({ command: 'apt-get', args: ['-q', ...NOTHING_INSTALLED, ...sandbox, ...args], cwd, env })
}

async function systemName(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (name: string) => release.match(new RegExp(`^${name}="?([\\w.]+)`, 'm'))?.[1] ?? 'unknown'
  return `${field('ID')}-${field('VERSION_ID')}-${process.arch}`
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
