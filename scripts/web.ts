// web/dist: what browsers are given, made from web/styles, web/client and web/engine. Each file's name holds the hash of what
// is in it, so that it can be kept for a year; manifest.json says which is which, with the digest that a page demands of it.
// `npm run build`, demo and tests call it; it does nothing where all is as it was.
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { parseArgs } from 'node:util'
import { withLock } from './services/lock.ts'

const HELP = `Makes web/dist: styles, scripts and fonts for browsers, and manifest.json with their names and digests.

  node scripts/start.mjs scripts/web.ts [--into FOLDER]

Does nothing where what it is made from is as it was.`

const root = resolve(import.meta.dirname, '..')

/**
 * One file for each, so that a digest on its tag covers all that runs. `classic` scripts run before the page is shown.
 * A page that needs code of its own adds its entry here.
 */
const scripts: readonly { readonly name: string; readonly from: string; readonly classic?: true }[] = [
  { name: 'enabled.js', from: 'web/client/enabled.ts', classic: true },
  { name: 'page.js', from: 'web/client/page.ts' },
  { name: 'check-computer.js', from: 'web/client/check-computer.ts' },
]
const styles = [{ name: 'safehand.css', from: 'web/styles/safehand.scss' }]
const fonts = ['public-sans-latin-400-normal.woff2', 'public-sans-latin-700-normal.woff2']
const pictures = ['icon.svg']
const madeFrom = [
  'web/assets',
  'web/client',
  'web/engine',
  'web/styles',
  'shared',
  'package-lock.json',
  'scripts/web.ts',
]

interface Made {
  readonly name: string
  readonly bytes: Uint8Array
}

interface Listed {
  readonly file: string
  /** For `integrity` (W3C Subresource Integrity). */
  readonly integrity: string
}

/** Makes it where it is missing or old. Two at once: one makes it, the other waits. */
export async function buildWeb(into = join(root, 'web/dist')): Promise<void> {
  const sources = await digestOfSources()
  const isFresh = async () => (await readFile(join(into, 'sources'), 'utf8').catch(() => '')) === sources
  if (await isFresh()) return
  await mkdir(dirname(into), { recursive: true })
  await mkdir(join(root, '.parts'), { recursive: true })
  await withLock(join(root, '.parts', 'web.lock'), async () => {
    if (await isFresh()) return
    const fresh = `${into}.${process.pid}`
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh)
    await make(fresh)
    await writeFile(join(fresh, 'sources'), sources)
    await rm(into, { recursive: true, force: true })
    await rename(fresh, into)
  })
}

async function make(into: string): Promise<void> {
  const manifest: Record<string, Listed> = {}
  const keep = async ({ name, bytes }: Made) => {
    const listed = listedAs(name, bytes)
    manifest[name] = listed
    await writeFile(join(into, listed.file), bytes)
    if (extname(name) === '.woff2') return
    await writeFile(join(into, `${listed.file}.br`), brotliCompressSync(bytes))
    await writeFile(join(into, `${listed.file}.gz`), gzipSync(bytes, { level: 9 }))
  }
  for (const name of fonts) await keep({ name, bytes: await readFile(fontPath(name)) })
  for (const name of pictures) await keep({ name, bytes: await readFile(join(root, 'web/assets', name)) })
  for (const one of styles) await keep({ name: one.name, bytes: await style(one.from, manifest) })
  for (const one of scripts) await keep({ name: one.name, bytes: await script(one) })
  await writeFile(join(into, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function listedAs(name: string, bytes: Uint8Array): Listed {
  const digest = createHash('sha384').update(bytes).digest()
  const end = extname(name)
  return {
    file: `${name.slice(0, -end.length)}-${digest.subarray(0, 8).toString('hex')}${end}`,
    integrity: `sha384-${digest.toString('base64')}`,
  }
}

// Tools are loaded where something is to be made: tests ask often, and mostly all is as it was.

async function script({ from, classic }: (typeof scripts)[number]): Promise<Uint8Array> {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [from],
    bundle: true,
    write: false,
    minify: true,
    format: classic ? 'iife' : 'esm',
    target: 'es2022',
    logLevel: 'warning',
    // What its heavy half is for (NIST curves, old ciphers) is loaded by none of our keys.
    alias: { openpgp: 'openpgp/lightweight' },
  })
  return outputFiles[0]!.contents
}

async function style(from: string, manifest: Readonly<Record<string, Listed>>): Promise<Uint8Array> {
  const { compileAsync } = await import('sass')
  const { css } = await compileAsync(join(root, from), { loadPaths: [root], quietDeps: true, style: 'compressed' })
  const named = css.replaceAll(/asset:([\w.-]+)/g, (_, name: string) => {
    const listed = manifest[name]
    if (listed === undefined) throw new Error(`${from} names ${name}, which is not there`)
    return `/assets/${listed.file}`
  })
  return new TextEncoder().encode(named)
}

const fontPath = (name: string) => createRequire(import.meta.url).resolve(`@fontsource/public-sans/files/${name}`)

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const place of madeFrom) {
    for (const path of await filesIn(join(root, place))) {
      if (!path.endsWith('.test.ts')) hash.update(`${path.slice(root.length)}\0`).update(await readFile(path))
    }
  }
  return hash.digest('hex')
}

/** The file itself; of a folder all below it; nothing where nothing is, as Git keeps no empty folder. */
async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(
    ({ code }: NodeJS.ErrnoException) => (code === 'ENOTDIR' ? null : []),
  )
  if (entries === null) return [path]
  return entries
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .sort()
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, into: { type: 'string' } } })
  if (values.help) console.log(HELP)
  else await buildWeb(...(values.into === undefined ? [] : [resolve(values.into)]))
}
