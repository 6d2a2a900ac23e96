/**
 * The way in for every command: `node scripts/start.mjs scripts/demo.ts [arguments]`. The only JavaScript of the
 * house, because it must run on the Node that a machine happens to have (20 or newer) with nothing installed. It
 * installs what package-lock.json names when that changed, then hands over to the pinned Node of node_modules, which keeps
 * what it compiled for the next start.
 */
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const OLDEST_NODE = 20
const INSTALL_WITHIN_MS = 15 * 60_000

const house = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(house, 'node_modules')
const marker = join(modules, '.safehand-lock-sha256')
const pinnedNode = join(modules, '.bin', 'node')
const parts = join(house, '.parts')
const lock = join(parts, 'install.lock')
const compiled = join(parts, 'compile-cache')

const wanted = () =>
  createHash('sha256')
    .update(readFileSync(join(house, 'package-lock.json')))
    .digest('hex')

function isInstalled() {
  if (!existsSync(pinnedNode)) return false
  if (existsSync(marker) && readFileSync(marker, 'utf8').trim() === wanted()) return true
  if (!hasWhatTheLockNames()) return false
  writeFileSync(marker, `${wanted()}\n`)
  return true
}

/** After somebody's own `npm install` nothing is missing: npm's record of what it installed says so. */
function hasWhatTheLockNames() {
  const record = join(modules, '.package-lock.json')
  if (!existsSync(record)) return false
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages
  const installed = packagesOf(record)
  return Object.entries(packagesOf(join(house, 'package-lock.json'))).every(([path, { version, optional }]) => {
    if (path === '' || (optional && installed[path] === undefined)) return true
    return installed[path]?.version === version
  })
}

async function main() {
  const [script, ...args] = process.argv.slice(2)
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    fail(`Safehand needs Node ${OLDEST_NODE} or newer to start; this is ${process.version} (Debian 12's own is 18).`)
  }
  if (script === undefined || script === '--help') fail('usage: node scripts/start.mjs SCRIPT [ARGUMENTS]')
  if (!isInstalled()) await installOnce()
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env }
  process.exitCode = await runToEnd(pinnedNode, [script, ...args], { stdio: 'inherit', env })
}

/** Two starts at once: one installs, the other waits for it. */
async function installOnce() {
  mkdirSync(parts, { recursive: true })
  const deadline = Date.now() + INSTALL_WITHIN_MS
  while (!takeLock()) {
    if (Date.now() > deadline) fail(`Another start still holds ${lock}; remove it if none runs.`)
    breakStaleLock()
    await pause(200)
  }
  try {
    if (!isInstalled()) await install()
  } finally {
    rmSync(lock, { force: true })
  }
}

async function install() {
  console.error('Installing what package-lock.json names into node_modules (npm ci): a minute, once ...')
  const args = ['ci', '--loglevel=error', '--no-fund', '--no-audit', '--include=dev', '--include=optional']
  const code = await runToEnd('npm', args, { cwd: house, stdio: ['ignore', 'ignore', 'inherit'] })
  if (code !== 0) throw new Error(`npm ci ended with ${code}; nothing was started.`)
  if (!existsSync(pinnedNode)) {
    throw new Error(`There is no pinned Node for ${process.platform} on ${process.arch} in package-lock.json.`)
  }
  writeFileSync(marker, `${wanted()}\n`)
}

/** The lock appears with its holder's process id at once, by a link. */
function takeLock() {
  const own = `${lock}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(own, String(process.pid))
  try {
    linkSync(own, lock)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** Only the one who made the `.breaking` folder removes a dead holder's lock, after a second look. */
function breakStaleLock() {
  if (isHeld()) return
  try {
    mkdirSync(`${lock}.breaking`)
  } catch {
    return
  }
  try {
    if (!isHeld()) rmSync(lock, { force: true })
  } finally {
    rmdirSync(`${lock}.breaking`)
  }
}

function isHeld() {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Runs a program, passes signals on, and resolves to its exit code (128 + signal when a signal ended it). */
function runToEnd(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options)
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => isTyped(signal) || child.kill(signal))
    }
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
}

/** Ctrl-C at a terminal reaches the program by itself: passed on as well it would arrive twice. */
function isTyped(signal) {
  return (signal === 'SIGINT' || signal === 'SIGQUIT') && (process.stdin.isTTY || process.stdout.isTTY)
}

function fail(message) {
  console.error(message)
  process.exit(1)
}

try {
  await main()
} catch (error) {
  fail(error.message)
}
