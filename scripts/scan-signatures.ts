// Writes the signatures that the scanner relies on beside freshclam's. After an update of Safehand they are written again.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { signatureBase } from '#domain/scanning/signatures.ts'

const HELP = `Writes Safehand's signatures for clamd: what it cannot look into is said so, never OK.

  node scripts/start.mjs scripts/scan-signatures.ts --directory DIR

  --directory DIR   clamd's DatabaseDirectory; files safehand.* in it are replaced, nothing else is touched`

const { values: options } = parseArgs({
  options: { help: { type: 'boolean', short: 'h' }, directory: { type: 'string' } },
})
if (options.help || options.directory === undefined) console.log(HELP)
else for (const [name, text] of Object.entries(signatureBase)) await writeFile(join(options.directory, name), text)
