/**
 * OpenPGP programs that nobody here wrote, for tests and bench: GnuPG and Sequoia's `sq`, the machine's own or Debian's
 * unpacked beside the project. Nothing is started here; who runs gpg gives it a home of its own and ends its agent.
 */
import { join } from 'node:path'
import { debianPart } from './debian.ts'
import { programs } from './find.ts'

export type Tool = { command: string; env: NodeJS.ProcessEnv }

export type Tools = {
  /** `agent` and `connectAgent` belong to this gpg: `--agent-program`, and what ends the agent. */
  gpg: Tool & { agent: string; connectAgent: string }
  sq: Tool
}

type Log = { log: (line: string) => void }

export async function findTools({ log }: Log): Promise<Tools> {
  const [gpg, sq] = await Promise.all([findGpg({ log }), findSq({ log })])
  return { gpg, sq }
}

async function findGpg({ log }: Log): Promise<Tools['gpg']> {
  const [command] = programs('gpg')
  const [agent] = programs('gpg-agent')
  const [connectAgent] = programs('gpg-connect-agent')
  if (command && agent && connectAgent) return { command, agent, connectAgent, env: process.env }
  const { folder, env } = await debianPart({
    name: 'gnupg',
    package: 'gpg',
    also: ['gpg-agent', 'gpgconf'],
    tries: ['gpg', 'gpg-agent', 'gpg-connect-agent'].map((name) => [`usr/bin/${name}`, '--version'] as const),
    setting: 'PATH',
    log,
  })
  const at = (name: string) => join(folder, 'usr/bin', name)
  return {
    command: at('gpg'),
    agent: at('gpg-agent'),
    connectAgent: at('gpg-connect-agent'),
    env,
  }
}

/** For the bench's shell pipeline alone. */
export async function findCurl({ log }: Log): Promise<Tool> {
  const [command] = programs('curl')
  if (command) return { command, env: process.env }
  const { folder, env } = await debianPart({
    name: 'curl',
    package: 'curl',
    tries: [['usr/bin/curl', '--version']],
    setting: 'PATH',
    log,
  })
  return { command: join(folder, 'usr/bin/curl'), env }
}

/** A forward proxy, as councils have one, for the tests alone. */
export async function findTinyproxy({ log }: Log): Promise<Tool> {
  const [command] = programs('tinyproxy')
  if (command) return { command, env: process.env }
  const { folder, env } = await debianPart({
    name: 'tinyproxy',
    package: 'tinyproxy-bin',
    tries: [['usr/bin/tinyproxy', '-v']],
    setting: 'PATH',
    log,
  })
  return { command: join(folder, 'usr/bin/tinyproxy'), env }
}

/** A browser, for the tests alone. */
export async function findChromium({ log }: Log): Promise<Tool> {
  const [command] = programs('chromium')
  if (command) return { command, env: process.env }
  const program = 'usr/lib/chromium/chromium'
  const { folder, env } = await debianPart({
    name: 'chromium',
    package: 'chromium',
    // Its pictures and languages, which it does not start without.
    also: ['chromium-common'],
    libraries: ['pulseaudio'],
    tries: [[program, '--version']],
    setting: 'PATH',
    log,
  })
  return { command: join(folder, program), env }
}

async function findSq({ log }: Log): Promise<Tool> {
  const [command] = programs('sq')
  if (command) return { command, env: process.env }
  const { folder, env } = await debianPart({
    name: 'sq',
    package: 'sq',
    tries: [['usr/bin/sq', '--version']],
    setting: 'PATH',
    log,
  })
  return { command: join(folder, 'usr/bin/sq'), env }
}
