// docker/compose.yaml as the tests read it: what each service is given, with its mounts followed back to a prepared folder.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parse } from 'yaml'

export interface Service {
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

export const root = resolve(import.meta.dirname, '../..')
export const compose = parse(readFileSync(join(root, 'docker/compose.yaml'), 'utf8'), { merge: true })
export const services: Record<string, Service> = compose.services

/** Makes `folder`/installation as the runbook's first start does. Gives what was said. */
export function prepare(folder: string): string {
  const flags = ['--origin', 'files.example.gov.uk', '--host-name', 'files.example.gov.uk']
  const where = ['--smtp-url', 'smtps://mail.example', '--folder', join(folder, 'installation')]
  const script = ['scripts/prepare-compose.ts', ...flags, ...where]
  return execFileSync(process.execPath, script, { cwd: root, encoding: 'utf8' })
}

/** What compose sets: the service's file of settings, and its environment. */
export function settingsOf(name: string, folder: string): Record<string, string> {
  const { env_file, environment = {} } = services[name] ?? {}
  const lines = env_file === undefined ? [] : readFileSync(join(folder, env_file), 'utf8').trim().split('\n')
  return { ...Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2))), ...environment }
}

/** Where each of the service's folders and files is in reality: [inside, outside]. */
export function mountsOf(name: string, folder: string): [inside: string, outside: string][] {
  return (services[name]?.volumes ?? []).flatMap((volume): [string, string][] => {
    const [from = '', to = ''] = volume.split(':')
    return from.startsWith('./installation/') ? [[to, join(folder, from)]] : []
  })
}

/** A single key that stands for its folder, as settings name it. */
const folderOf = ([inside, outside]: readonly [string, string]): [string, string][] =>
  inside.endsWith('.key') ? [[dirname(inside), dirname(outside)]] : []

/** The path, or whatever else, as it is outside of the service. */
export function followed(value: string, mounts: readonly (readonly [string, string])[]): string {
  return mounts.reduce((path, [inside, outside]) => path.replace(inside, outside), value)
}

/** The settings, with the mounts followed back. */
export function environmentOf(name: string, folder: string): Record<string, string> {
  const given = mountsOf(name, folder)
  const mounts = [...given, ...given.flatMap(folderOf)]
  const settings = Object.entries(settingsOf(name, folder))
  return Object.fromEntries(settings.map(([key, value]) => [key, followed(String(value), mounts)]))
}
