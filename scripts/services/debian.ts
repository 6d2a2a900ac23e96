/**
 * Parts from Debian's own packages, unpacked beside the project: `apt-get download` and `dpkg -x` into `.parts/`,
 * the same way as root and as an ordinary user, with nothing installed on the machine and nothing to undo. apt
 * checks the signatures. Uses the machine's package lists, or a private copy of them when those are missing or old.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { withLock } from './lock.ts'
import { run } from './part.ts'

/** Pulled in by Debian's dependencies, needed by no program that we start. */
const NEVER_NEEDED =
  /^(libllvm|lib.*perl|perl|postgresql-common|postgresql-client-common|ssl-cert|logrotate|libpopt|clamav-base|clamav-freshclam|adduser|debconf|ucf|dbus|systemd|libsystemd-shared|init-system-helpers|lsb-|sysvinit|openssl|ca-certificates|netbase|sensible-utils|passwd|cron|procps)/

class PartMissing extends Error {
  override readonly name = 'PartMissing'
}

type Wanted = {
  /** Folder name below `.parts/`. */
  name: string
  /** Debian package to take, with what it needs. */
  package: string
  /** More packages that it does not depend on. */
  also?: readonly string[]
  /** What Debian's dependencies pull in and none of its programs that we start needs. */
  without?: RegExp
  /** What to set to use one's own instead. */
  setting: string
  log: (line: string) => void
}

/** The folder that holds the unpacked part's file tree (`usr/bin`, `usr/lib`, ...). Downloads it once per checkout. */
export async function debianPart(part: Wanted): Promise<string> {
  const { name, package: wanted, also = [], without, setting, log } = part
  const parts = join(import.meta.dirname, '../../.parts', await systemName())
  const folder = join(parts, name)
  if (existsSync(folder)) return folder
  try {
    await mkdir(parts, { recursive: true })
    return await withLock(join(parts, `${name}.lock`), async () => {
      if (existsSync(folder)) return folder
      log(`unpacking Debian's ${wanted} into .parts/ (nothing is installed on this machine)`)
      const unfinished = join(parts, `${name}.${process.pid}.unfinished`)
      await download({ wanted, also, without, folder: unfinished, state: join(parts, 'apt') })
      await rename(join(unfinished, 'root'), folder)
      await rm(unfinished, { recursive: true })
      return folder
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new PartMissing(
      `${name} is not on this machine and Debian's package ${wanted} could not be unpacked.\n` +
        `Install it yourself, or set ${setting} to one of your own.\n${reason}`,
      { cause: error },
    )
  }
}

/** Environment in which a program of an unpacked part finds its libraries. */
export async function librariesOf(folder: string): Promise<NodeJS.ProcessEnv> {
  const found: string[] = []
  for (const base of ['usr/lib', 'lib']) {
    const names = await readdir(join(folder, base)).catch(() => [])
    found.push(...names.filter((name) => name.endsWith('-linux-gnu')).map((name) => join(folder, base, name)))
  }
  return { ...process.env, LD_LIBRARY_PATH: found.join(':') }
}

type Download = Asked & { folder: string; state: string }

async function download({ folder, state, ...asked }: Download): Promise<void> {
  const attempts = [() => Promise.resolve([] as string[]), () => privateLists(state)]
  let failure: unknown
  for (const lists of attempts) {
    await rm(folder, { recursive: true, force: true })
    await mkdir(join(folder, 'archives'), { recursive: true })
    await mkdir(join(folder, 'root'))
    try {
      const options = [...(process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : []), ...(await lists())]
      const names = await missingPackages({ ...asked, options })
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

type Asked = { wanted: string; also: readonly string[]; without: RegExp | undefined }
type Missing = Asked & { options: string[] }

/** What apt would install for this package here, itself included even when the machine has it. */
async function missingPackages({ wanted, also, without, options }: Missing): Promise<string[]> {
  const names = [wanted, ...also, ...(await versionedBy({ wanted, options }))]
  const plan = await apt([...options, '--simulate', '--no-install-recommends', '--reinstall', 'install', ...names])
  const planned = [...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? [])
  if (planned.length === 0) throw new Error(`apt offers nothing for ${wanted}:\n${plan}`)
  return planned.filter((name) => !NEVER_NEEDED.test(name) && !without?.test(name))
}

/** An empty package that stands for the version of the release (`postgresql`) depends on it (`postgresql-15`). */
async function versionedBy({ wanted, options }: { wanted: string; options: string[] }): Promise<string[]> {
  const text = await run({ command: 'apt-cache', args: [...options, 'depends', wanted], cwd: '/' })
  return [...text.matchAll(/^\s+Depends: (\S+)/gm)].flatMap(([, name]) =>
    name?.match(new RegExp(`^${wanted}-\\d+$`)) ? name : [],
  )
}

/** Fresh package lists of our own. A source that does not answer is no error: the plan shows what is there. */
async function privateLists(state: string): Promise<string[]> {
  await mkdir(join(state, 'lists/partial'), { recursive: true })
  await mkdir(join(state, 'cache/archives/partial'), { recursive: true })
  const options = ['-o', `Dir::State::lists=${state}/lists`, '-o', `Dir::Cache=${state}/cache`]
  const sandbox = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : []
  await withLock(join(state, 'update.lock'), () =>
    apt([...options, ...sandbox, '-o', 'Acquire::Languages=none', 'update']).catch(() => ''),
  )
  return options
}

function apt(args: readonly string[], cwd = '/'): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  return run({ command: 'apt-get', args: ['-q', ...args], cwd, env })
}

async function systemName(): Promise<string> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const field = (name: string) => release.match(new RegExp(`^${name}="?([\\w.]+)`, 'm'))?.[1] ?? 'unknown'
  return `${field('ID')}-${field('VERSION_ID')}-${process.arch}`
}
