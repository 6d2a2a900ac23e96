// What browsers load for pages: web/dist, from memory, before anybody is asked for. A name holds the hash of what is in it, so
// that it may be kept for ever (RFC 8246), and a page says which digest it must have.
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { type RequestHandler, Router } from 'express'
import * as z from 'zod'
import { sha256Hex } from '#platform/crypto.ts'
import type { Asset } from '../../web/components/page.ts'
import { engineHeaders } from './security-headers.ts'

export interface Assets {
  /** By the name in scripts/web.ts; throws for one that is not there. */
  readonly asset: (name: string) => Asset
  readonly routes: RequestHandler
  /** Of the manifest, which holds the digest of every file: what the service says that its pages are. */
  readonly digest: string
}

const manifest = z.record(z.string(), z.object({ file: z.string(), integrity: z.string() }))

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const encodings = { br: '.br', gzip: '.gz' } as const

/** Where scripts/web.ts puts it, seen from here. */
const made = join(import.meta.dirname, '../../web/dist')

export async function readAssets(folder = made): Promise<Assets> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((cause: unknown) => {
    throw new Error('The pages are not built: run npm run build, or node scripts/start.mjs scripts/web.ts', { cause })
  })
  const listed = manifest.parse(JSON.parse(text))
  const router = Router({ caseSensitive: true, strict: true })
  for (const [name, { file }] of Object.entries(listed)) {
    const plain = await readFile(join(folder, file))
    const packed = Object.fromEntries(
      await Promise.all(
        Object.entries(encodings).map(async ([encoding, end]) => [
          encoding,
          await readFile(join(folder, `${file}${end}`)).catch(() => null),
        ]),
      ),
    ) as Record<keyof typeof encodings, Buffer | null>
    router.get(`/assets/${file}`, (request, response) => {
      request.operation = 'asset'
      const encoding = (request.acceptsEncodings('br', 'gzip', 'identity') || 'identity') as keyof typeof encodings
      const body = packed[encoding] ?? null
      response.set({
        'Content-Type': types[extname(file)] ?? 'application/octet-stream',
        'Cache-Control': 'public, max-age=31536000, immutable',
        Vary: 'Accept-Encoding',
        ...(body && { 'Content-Encoding': encoding }),
        ...(name === 'engine.js' && engineHeaders),
      })
      response.send(body ?? plain)
    })
  }
  const assets = new Map(
    Object.entries(listed).map(([name, { file, integrity }]) => [name, { url: `/assets/${file}`, integrity }]),
  )
  return {
    asset(name) {
      const found = assets.get(name)
      if (!found) throw new Error(`a page names ${name}, which scripts/web.ts does not make`)
      return found
    },
    routes: router,
    digest: sha256Hex(text),
  }
}
