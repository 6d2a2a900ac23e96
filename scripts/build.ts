// `npm run build`: from the sources what people install and what the images start. The command line as one bundle with all
// that it needs, packed for npm; server and workers as one file each, their packages beside them as in a checkout.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import * as z from 'zod'
import { buildWeb } from './web.ts'

const run = promisify(execFile)

const HELP = `Builds what runs without the sources. Takes seconds.

  npm run build [-- --processes] [--into FOLDER]

  safehand/              the command line: the folder, or the .tgz beside it, is installed with npm; see cli/README.md
  web/dist/              styles, scripts and fonts for browsers, which the server hands out
  server/ worker/        main.js of server, scanner and housekeeper: what the images start (docker/Dockerfile)
  --processes            these alone
  --into FOLDER          where to (default: dist); what is there of this kind is replaced`

const root = resolve(import.meta.dirname, '..')
const processes = ['server', 'worker/scanner', 'worker/housekeeper']
const packageModel = z.object({ name: z.string(), version: z.string(), license: z.string().optional() })

/** A source that reads files beside itself finds them from its bundle as well. */
function filesBeside(out: string): Plugin {
  return {
    name: 'files beside a source',
    setup: ({ onLoad }) =>
      onLoad({ filter: /(server|shared|worker|cli|web)\/.*\.ts$/ }, async ({ path }) => {
        const beside = `(import.meta.dirname + ${JSON.stringify(`/${relative(dirname(out), dirname(path))}`)})`
        return { loader: 'ts', contents: (await readFile(path, 'utf8')).replaceAll('import.meta.dirname', beside) }
      }),
  }
}

/** Tells what went into it. */
async function bundle(main: string, options: BuildOptions & { readonly outfile: string }): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [main],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    logLevel: 'warning',
    plugins: [filesBeside(join(root, main))],
    ...options,
    metafile: true,
  })
  return metafile
}

async function buildProcesses(into: string): Promise<void> {
  await buildWeb(join(into, 'web/dist'))
  for (const name of processes) {
    const outfile = join(into, name, 'main.js')
    await bundle(`${name}/main.ts`, { outfile, packages: 'external' })
  }
}

async function buildCommandLine(into: string): Promise<void> {
  const folder = join(into, 'safehand')
  await rm(folder, { recursive: true, force: true })
  const metafile = await bundle('cli/main.ts', {
    outfile: join(folder, 'main.js'),
    legalComments: 'inline',
    minifyWhitespace: true,
    // Packages in CommonJS ask for Node's own modules this way.
    banner: {
      js: "import { createRequire as fromHere } from 'node:module'; const require = fromHere(import.meta.url);",
    },
  })
  const own = { ...(await readPackage(root)), type: 'module', bin: { safehand: 'safehand.js' } }
  const installed = {
    ...own,
    description: 'Send, collect and prove files between public bodies',
    engines: { node: '>=26' },
  }
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(installed, null, 2)}\n`)
  const { stdout: help } = await run(process.execPath, [join(root, 'cli/main.ts'), '--help'])
  await writeFile(join(folder, 'safehand.js'), entry(help), { mode: 0o755 })
  await writeFile(join(folder, 'LICENSES.txt'), await licencesOf(metafile))
  for (const file of ['LICENSE', 'cli/README.md', 'cli/COMMANDS.md']) {
    await copyFile(join(root, file), join(folder, file.replace('cli/', '')))
  }
  await run('npm', ['pack', folder, '--pack-destination', into, '--ignore-scripts'], { cwd: folder })
}

/** What is asked most is known already, and an older Node is told apart from a broken file. */
function entry(help: string): string {
  return `#!/usr/bin/env node
const [asked, ...more] = process.argv.slice(2)
if (Number(process.versions.node.split('.')[0]) < 26) {
  console.error('safehand needs Node 26 or newer; this is ' + process.version + '.')
  process.exitCode = 1
} else if ((asked === '--help' || asked === '-h') && more.length === 0) {
  process.stdout.write(${JSON.stringify(help)})
} else {
  await import('./main.js')
}
`
}

async function licencesOf({ inputs }: Metafile): Promise<string> {
  const found = Object.keys(inputs).flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  const texts = [...new Set(found)].sort().map(async (path) => {
    const { name, version, license } = await readPackage(join(root, path))
    const file = (await readdir(join(root, path))).find((one) => /^licen[cs]e/i.test(one))
    const text =
      file === undefined ? `Licence: ${license ?? 'see its own pages'}` : await readFile(join(root, path, file), 'utf8')
    return `${name} ${version}\n\n${text.trim()}\n`
  })
  return `What safehand is bundled with, each under its own licence.\n\n${(await Promise.all(texts)).join('\n----\n\n')}`
}

async function readPackage(folder: string) {
  return packageModel.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')))
}

const { values } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, processes: { type: 'boolean' }, into: { type: 'string' } },
})
if (values.help) console.log(HELP)
else {
  const into = resolve(values.into ?? join(root, 'dist'))
  await mkdir(into, { recursive: true })
  await buildProcesses(into)
  if (!values.processes) await buildCommandLine(into)
  console.log(`Built into ${into}.`)
}
