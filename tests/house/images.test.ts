// The images and the compose file, as far as they can be held without a container engine: what the Dockerfile copies is enough to
// run each process, nothing of it runs as root or can be written to, and what compose sets is what the processes read.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, BlockList } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverSettings } from '../../server/config.ts'
import { housekeeperSettings } from '../../worker/housekeeper/config.ts'
import { scannerSettings } from '../../worker/scanner/config.ts'
import { compose, environmentOf, prepare, root, services, settingsOf } from './compose.ts'

const own = ['server', 'scanner', 'housekeeper'] as const
const understood = { server: serverSettings, scanner: scannerSettings, housekeeper: housekeeperSettings }
const placeOf = { server: 'server', scanner: 'worker/scanner', housekeeper: 'worker/housekeeper' }

let folder: string
/** Stands for the volume that clamd and scanner share. */
let memory: string
beforeAll(() => {
  memory = mkdtempSync('/dev/shm/safehand-images-')
  folder = mkdtempSync(join(tmpdir(), 'safehand-images-'))
  prepare(folder)
  execFileSync(process.execPath, ['scripts/build.ts', '--processes', '--into', join(folder, 'built')], { cwd: root })
  for (const name of own) plantTree(name)
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

/** The tree of an image: what its stages copy, built or from the checkout, and the packages that its npm ci would install. */
function plantTree(target: string): void {
  const tree = join(folder, target)
  mkdirSync(join(tree, 'node_modules'), { recursive: true })
  for (const line of stages().get(target) ?? []) {
    const [, built = '', place = ''] = /^COPY --from=built \/app\/dist\/(\S+) (\S+)$/.exec(line) ?? []
    if (built) cpSync(join(folder, 'built', built), join(tree, place), { recursive: true })
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
}

function startIn(name: (typeof own)[number], env: Readonly<Record<string, string>>) {
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main', `${placeOf[name]}/main.js`]
  return spawnSync(process.execPath, flags, { cwd: join(folder, name), env, encoding: 'utf8', timeout: 600_000 })
}

/** What Debian calls the package of each library that Node's binary is linked against; null: part of the C library. */
const packageOf = (library: string): string | null | undefined =>
  ({ 'libatomic.so.1': 'libatomic1', 'libstdc++.so.6': 'libstdc++6', 'libgcc_s.so.1': 'libstdc++6' })[library] ??
  (/^(libc|libm|libdl|libpthread|librt|ld-linux[\w-]*|linux-vdso)\.so\.\d+$/.test(library) ? null : undefined)

describe('[operate/images] images', () => {
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
    '[operate/images] %s: what is copied is enough to run it, without npm and without what only tests need',
    (name) => {
      expect(startIn(name, {}).stderr).toContain('These settings are missing or wrong')
      const entry = `ENTRYPOINT ["node", "${placeOf[name]}/main.js"]`
      expect(stages().get(name)).toContain(entry)
    },
  )
})

/** A file of clamd or freshclam: one setting on each line. */
function settingsIn(name: string): Map<string, string> {
  const lines = readFileSync(join(root, 'docker', name), 'utf8').split('\n')
  const said = lines.filter((line) => line && !line.startsWith('#'))
  return new Map(said.map((line) => [line.split(' ', 1)[0] ?? '', line.replace(/^\S+ /, '')]))
}

/** Who can be reached there. */
const on = (network: string) =>
  Object.keys(services).filter((name) => Object.values(services[name]?.networks ?? []).includes(network))

describe('[operate/compose] compose', () => {
  it.each(own)('%s can write nothing, gain nothing, and is reached by the proxy alone', (name) => {
    const service = services[name]
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
    expect(service?.ports).toBeUndefined()
    expect(stages().get(name)).toContain(`USER ${service?.user}`)
  })

  it('gives the scan keys to the scanner alone, and the way out to nobody who reads hostile files', () => {
    expect(on('scan-keys')).toEqual(['scanner', 'scan-keys'])
    expect(on('queue')).toEqual(['scanner', 'housekeeper', 'queue'])
    expect(on('outside')).not.toContain('scanner')
    for (const [network, settings] of Object.entries(compose.networks)) {
      if (network !== 'outside') expect(settings).toMatchObject({ internal: true })
    }
  })

  it('gives every process its own keys and secrets, and no other’s', () => {
    for (const name of own) {
      const mounts = (services[name]?.volumes ?? []).join(' ')
      for (const other of own.filter((one) => one !== name)) {
        expect(mounts).not.toContain(`secrets/${other}`)
        expect(mounts).not.toContain(`keys/${other}`)
        expect(mounts).not.toContain(`storage/${other}`)
      }
    }
  })

  it('[operate/compose] gives the scanner a key to the files that only reads, past the gateway that writes', () => {
    const { storage, 'storage-to-read': reading } = services
    const [server, scanner] = [environmentOf('server', folder), environmentOf('scanner', folder)]
    const secretOf = ({ S3_SECRET_KEY_FILE: file = '' }) => readFileSync(file, 'utf8')
    expect(on('storage')).toEqual(['server', 'housekeeper', 'storage'])
    expect(on('storage-to-read')).toEqual(['scanner', 'storage-to-read'])
    expect(scanner.S3_ENDPOINT).toBe('http://storage-to-read:7070')
    expect(scanner.S3_ACCESS_KEY_ID).not.toBe(server.S3_ACCESS_KEY_ID)
    expect(secretOf(scanner)).not.toBe(secretOf(server))
    expect(settingsOf('storage-to-read', folder)).toMatchObject({
      ROOT_ACCESS_KEY_ID: scanner.S3_ACCESS_KEY_ID,
      ROOT_SECRET_ACCESS_KEY: secretOf(scanner),
      VGW_READ_ONLY: 'true',
    })
    expect(reading?.volumes).toEqual(storage?.volumes?.map((volume) => `${volume}:ro`))
    expect(settingsOf('storage', folder).ROOT_SECRET_ACCESS_KEY).toBe(secretOf(server))
  })

  it('[operate/compose] gives each part a user of its own, and nobody else a file with a password', () => {
    const users = ['queue', 'scan-keys', 'storage'].map((name) => services[name]?.user)
    expect(new Set([...users, ...own.map((name) => services[name]?.user)]).size).toBe(6)
    for (const name of ['queue.conf', 'scan-keys.conf']) {
      expect(statSync(join(folder, 'installation/valkey', name)).mode & 0o777).toBe(0o600)
    }
  })

  it('[operate/compose] every part is of a version that is told', () => {
    const theirs = Object.values(services).flatMap(({ image = '' }) => (image.startsWith('safehand-') ? [] : [image]))
    expect(theirs.filter((image) => !/:v?\d+(\.\d+)*$/.test(image))).toEqual([])
    expect(services.storage?.image).toMatch(/:v\d+\.\d+\.\d+$/)
  })

  it('[operate/compose] the proxy alone can have the address that the server believes', () => {
    const { subnet, ip_range: range } = compose.networks.web.ipam.config[0]
    const web = services.proxy?.networks as unknown as { web: { ipv4_address: string } }
    expect(web.web.ipv4_address).toBe(services.server?.environment?.SAFEHAND_TRUST_PROXY)
    const inside = (block: string) => {
      const [first = '', bits] = block.split('/')
      const among = new BlockList()
      among.addSubnet(first, Number(bits))
      return among.check(web.web.ipv4_address)
    }
    expect([inside(subnet), inside(range)]).toEqual([true, false])
  })

  it.each(own)('[operate/compose] %s is asked how it is where its monitor listens', async (name) => {
    const { environment = {}, healthcheck } = services[name] ?? {}
    const [cmd, program, ...asking] = healthcheck?.test ?? []
    expect([cmd, program]).toEqual(['CMD', 'node'])
    const asked: (string | undefined)[] = []
    let status = 200
    const monitor = createServer((request, reply) => {
      asked.push(request.url)
      reply.writeHead(status).end()
    })
    await once(monitor.listen(0, '127.0.0.1'), 'listening')
    const { port } = monitor.address() as AddressInfo
    const written = `:${environment.SAFEHAND_MONITOR_PORT}/`
    expect(asking.join(' ')).toContain(written)
    const exitCode = async () => {
      const child = spawn(
        process.execPath,
        asking.map((one) => one.replace(written, `:${port}/`)),
      )
      return (await once(child, 'close'))[0]
    }
    expect(await exitCode()).toBe(0)
    status = 503
    expect(await exitCode()).toBe(1)
    monitor.close()
    expect(await exitCode()).toBe(1)
    expect(asked).toEqual(['/health/ready', '/health/ready'])
  })

  it.each(own)('[operate/compose] %s understands all that it is told, and finds it safe', (name) => {
    const environment = {
      ...environmentOf(name, folder),
      ...(name === 'scanner' ? { SAFEHAND_SCAN_MEMORY: memory } : {}),
    }
    expect(Object.keys(understood[name].shape)).toEqual(expect.arrayContaining(Object.keys(environment)))
    const { stderr, stdout } = startIn(name, environment)
    // It gets as far as the parts, which are not there; a machine of developers may have swap.
    const said = `${stdout}${stderr}`.replaceAll(/.*(swap is on|core dumps are on).*/g, '')
    expect(said).not.toMatch(/missing or wrong|TLS|chmod|https|is empty|LOG_COPY|EACCES|no such file/)
    expect(said).toMatch(/ENOTFOUND|EAI_AGAIN|not safe/)
  })

  it('[operate/clamd] clamd is asked where it listens, by nobody else, and writes what it holds to no disk', () => {
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

  it('[operate/clamd] freshclam brings clamd its signatures, writes nothing else, and sees nothing that is scanned', () => {
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
