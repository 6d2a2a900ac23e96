// The images and the compose file, as far as they can be held without a container engine: what the Dockerfile copies is enough to
// run each process, nothing of it runs as root or can be written to, and what compose sets is what the processes read.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'

interface Service {
  image?: string
  build?: { target: string }
  user?: string
  entrypoint?: string[]
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  ports?: string[]
  env_file?: string
  environment?: Record<string, string>
  volumes?: string[]
  networks?: string[] | Record<string, unknown>
  network_mode?: string
  ulimits?: { core: number }
  healthcheck?: { test: string[] }
}

const root = resolve(import.meta.dirname, '../..')
const compose = parse(readFileSync(join(root, 'docker/compose.yaml'), 'utf8'), { merge: true })
const services: Record<string, Service> = compose.services
const own = ['server', 'scanner', 'housekeeper'] as const
const mainOf = {
  server: 'server/main.ts',
  scanner: 'worker/scanner/main.ts',
  housekeeper: 'worker/housekeeper/main.ts',
}

let folder: string
/** Stands for the volume that clamd and scanner share. */
let memory: string
beforeAll(() => {
  memory = mkdtempSync('/dev/shm/safehand-images-')
  folder = mkdtempSync(join(tmpdir(), 'safehand-images-'))
  const flags = ['--origin', 'files.example.gov.uk', '--host-name', 'files.example.gov.uk']
  const where = ['--smtp-url', 'smtps://mail.example', '--folder', join(folder, 'installation')]
  execFileSync(process.execPath, ['scripts/prepare-compose.ts', ...flags, ...where], { cwd: root })
})
afterAll(() => {
  for (const path of [folder, memory]) rmSync(path, { recursive: true, force: true })
})

/** Stage -> its instructions, those of the stages it stands on first. */
function stages(): Map<string, string[]> {
  const text = readFileSync(join(root, 'docker/Dockerfile'), 'utf8').replaceAll('\\\n', ' ')
  const found = new Map<string, string[]>()
  let name = ''
  for (const line of text.split('\n').filter((one) => one.trim() && !one.startsWith('#'))) {
    const [, base = '', stage = ''] = /^FROM (\S+) AS (\S+)$/.exec(line) ?? []
    if (stage) {
      name = stage
      found.set(name, [...(found.get(base) ?? [`FROM ${base}`])])
    } else found.get(name)?.push(line)
  }
  return found
}

/** The tree of an image: what its stages copy from the checkout, and the packages that its npm ci would install. */
function treeOf(target: string): string {
  const tree = join(folder, target)
  mkdirSync(join(tree, 'node_modules'), { recursive: true })
  for (const line of stages().get(target) ?? []) {
    const [, sources = '', to = ''] = /^COPY ([\w./ -]+) ([\w./-]+)$/.exec(line) ?? []
    for (const from of sources.split(' ').filter((one) => one && !one.startsWith('--'))) {
      cpSync(join(root, from), join(tree, to.endsWith('/') ? join(to, basename(from)) : to), { recursive: true })
    }
  }
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>
  }
  for (const [path, { dev, optional, devOptional }] of Object.entries(lock.packages)) {
    if (!/^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) || dev || optional || devOptional) continue
    if (!existsSync(join(root, path))) continue
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    symlinkSync(join(root, path), join(tree, path))
  }
  return tree
}

/** What compose gives the process: its file of settings, its environment, with the mounts followed back. */
function environmentOf(name: (typeof own)[number]): Record<string, string> {
  const { env_file = '', environment = {}, volumes = [] } = services[name] ?? {}
  const lines = readFileSync(join(folder, env_file), 'utf8').trim().split('\n')
  const settings = { ...Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))), ...environment }
  const mounts = volumes.flatMap((volume): [string, string][] => {
    const [from = '', to = ''] = volume.split(':')
    return from.startsWith('./') ? [[to, join(folder, from)]] : []
  })
  const followed = (value: string) => mounts.reduce((path, [to, from]) => path.replace(to, from), value)
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, followed(String(value))]))
}

/** What Debian calls the package of each library that Node's binary is linked against; null: part of the C library. */
const packageOf = (library: string): string | null | undefined =>
  ({ 'libatomic.so.1': 'libatomic1', 'libstdc++.so.6': 'libstdc++6', 'libgcc_s.so.1': 'libstdc++6' })[library] ??
  (/^(libc|libm|libdl|libpthread|librt|ld-linux[\w-]*|linux-vdso)\.so\.\d+$/.test(library) ? null : undefined)

describe('[whole 9] images', () => {
  it('have every library that Node is linked against', () => {
    const ask = 'console.log(JSON.stringify(process.report.getReport().sharedObjects))'
    const loaded = JSON.parse(execFileSync(process.execPath, ['-e', ask], { encoding: 'utf8' })) as string[]
    const needed = loaded.map((path) => basename(path)).filter((name) => name.includes('.so'))
    expect(needed).not.toEqual([])
    const installed = (stages().get('runtime') ?? []).find((line) => line.includes('apt-get install'))?.split(' ')
    const packages = needed.map((library) => packageOf(library))
    expect(packages).not.toContain(undefined)
    expect(packages.filter((name) => name && !installed?.includes(name))).toEqual([])
  })

  it.each([...own, 'operator'])(
    '%s: runs as a number that is not root, from a base and a Node of one series',
    (name) => {
      const lines = stages().get(name) ?? []
      const user = lines.findLast((line) => line.startsWith('USER'))
      expect(user).toMatch(/^USER 1\d{4}:1\d{4}$/)
      expect(lines[0]).toBe('FROM debian:trixie-slim')
      expect(lines.filter((line) => /\bnpm\b/.test(line))).toEqual([])
    },
  )

  it.each(own)(
    '[whole 9] %s: what is copied is enough to run it, without npm and without what only tests need',
    (name) => {
      const tree = treeOf(name)
      const flags = ['--preserve-symlinks', '--preserve-symlinks-main', mainOf[name]]
      const ran = spawnSync(process.execPath, flags, { cwd: tree, env: {}, encoding: 'utf8' })
      expect(ran.stderr).toContain('These settings are missing or wrong')
    },
  )
})

/** A file of clamd or freshclam: one setting on each line. */
function settingsIn(name: string): Map<string, string> {
  const lines = readFileSync(join(root, 'docker', name), 'utf8').split('\n')
  const said = lines.filter((line) => line && !line.startsWith('#'))
  return new Map(said.map((line) => [line.split(' ', 1)[0] ?? '', line.replace(/^\S+ /, '')]))
}

describe('[whole 9] compose', () => {
  it.each(own)('%s can write nothing, gain nothing, and is reached by the proxy alone', (name) => {
    const service = services[name]
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
    expect(service?.ports).toBeUndefined()
    expect(stages().get(name)).toContain(`USER ${service?.user}`)
  })

  it('gives the scan keys to the scanner alone, and the way out to nobody who reads hostile files', () => {
    const on = (network: string) =>
      Object.keys(services).filter((name) => Object.values(services[name]?.networks ?? []).includes(network))
    expect(on('scan-keys')).toEqual(['scanner', 'scan-keys'])
    expect(on('queue')).toEqual(['scanner', 'housekeeper', 'queue'])
    expect(on('outside')).not.toContain('scanner')
    for (const network of ['web', 'database', 'storage', 'queue', 'scan-keys']) {
      expect(compose.networks[network]).toMatchObject({ internal: true })
    }
  })

  it('gives every process its own keys and secrets, and no other’s', () => {
    for (const name of own) {
      const mounts = (services[name]?.volumes ?? []).join(' ')
      for (const other of own.filter((one) => one !== name)) {
        expect(mounts).not.toContain(`secrets/${other}`)
        expect(mounts).not.toContain(`keys/${other}`)
      }
    }
  })

  it.each(own)('[whole 9] %s understands all that it is told, and finds it safe', (name) => {
    const config = readFileSync(join(root, mainOf[name].replace('main.ts', 'config.ts')), 'utf8')
    const environment = { ...environmentOf(name), ...(name === 'scanner' ? { SAFEHAND_SCAN_MEMORY: memory } : {}) }
    for (const setting of Object.keys(environment)) expect(config).toContain(setting)
    const flags = { cwd: root, env: environment, encoding: 'utf8', timeout: 60_000 } as const
    const { stderr, stdout } = spawnSync(process.execPath, [mainOf[name]], flags)
    // It gets as far as the parts, which are not there; a machine of developers may have swap.
    const said = `${stdout}${stderr}`.replaceAll(/.*(swap is on|core dumps are on).*/g, '')
    expect(said).not.toMatch(/missing or wrong|TLS|chmod|https|is empty|LOG_COPY|EACCES|no such file/)
    expect(said).toMatch(/ENOTFOUND|EAI_AGAIN|not safe/)
  })

  it('[whole 9] clamd is asked where it listens, by nobody else, and writes what it holds to no disk', () => {
    const { clamd, scanner } = services
    const said = settingsIn('clamd.conf')
    expect(clamd).toMatchObject({ network_mode: 'none', read_only: true, ulimits: { core: 0 }, user: scanner?.user })
    expect(clamd?.entrypoint?.[0]).toBe('clamd')
    expect(clamd?.healthcheck?.test).toEqual(['CMD', 'clamdscan', '--ping', '1'])
    expect(said.get('LocalSocket')).toBe(scanner?.environment?.CLAMD_SOCKET)
    expect(said.get('TemporaryDirectory')).toBe(scanner?.environment?.SAFEHAND_SCAN_MEMORY)
    for (const path of [dirname(said.get('LocalSocket') ?? ''), said.get('TemporaryDirectory')]) {
      const [volume = ''] = clamd?.volumes?.find((one) => one.endsWith(`:${path}`))?.split(':') ?? []
      expect(compose.volumes[volume].driver_opts).toMatchObject({
        type: 'tmpfs',
        o: expect.stringContaining('uid=10002'),
      })
      expect(scanner?.volumes).toContain(`${volume}:${path}`)
    }
  })

  it('[whole 9] freshclam brings clamd its signatures, writes nothing else, and sees nothing that is scanned', () => {
    const { clamd, freshclam } = services
    expect(freshclam?.entrypoint?.[0]).toBe('freshclam')
    expect(freshclam).toMatchObject({ networks: ['outside'], read_only: true, user: clamd?.user, image: clamd?.image })
    const said = settingsIn('freshclam.conf')
    expect([...said.keys()].sort()).toEqual(['Checks', 'DatabaseDirectory', 'DatabaseMirror'])
    expect(said.get('DatabaseDirectory')).toBe(settingsIn('clamd.conf').get('DatabaseDirectory'))
    const signatures = `./installation/signatures:${said.get('DatabaseDirectory')}`
    expect(freshclam?.volumes).toEqual(['./freshclam.conf:/etc/clamav/freshclam.conf:ro', signatures])
    expect(clamd?.volumes).toContain(`${signatures}:ro`)
    expect(settingsIn('clamd.conf').has('SelfCheck')).toBe(true)
  })

  it('prepares nothing twice', () => {
    const again = ['scripts/prepare-compose.ts', '--origin', 'a.example', '--host-name', 'a.example']
    const flags = [...again, '--smtp-url', 'smtps://mail.example', '--folder', join(folder, 'installation')]
    const ran = spawnSync(process.execPath, flags, { cwd: root, encoding: 'utf8' })
    expect(ran.stderr).toContain('nothing was changed')
  })
})
