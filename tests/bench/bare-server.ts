// What upload and download are measured against: a bare Node server that does what any store must, and nothing else.
// PUT /NAME?part=N writes the request at the part's place as it comes: bytes, fdatasync, an empty marker file, fsync of
// the folder, as the file store does (shared/platform/object-store/file-store.ts). GET /NAME sends the file.
import { createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { partSize } from '#domain/transfers/documents/dispatch-note.ts'

const [folder] = process.argv.slice(2)
if (folder === undefined) throw new Error('say which folder')

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://bare')
  const object = join(folder, pathname)
  if (request.method === 'GET') return pipeline(createReadStream(join(object, 'data')), response)
  await putPart({ object, part: Number(searchParams.get('part')), request })
  response.writeHead(204).end()
})

async function putPart({ object, part, request }: { object: string; part: number; request: IncomingMessage }) {
  await mkdir(object, { recursive: true })
  {
    await using data = await open(join(object, 'data'), part === 1 ? 'w' : 'r+')
    let position = (part - 1) * partSize
    for await (const piece of request) position += (await data.write(piece, 0, piece.length, position)).bytesWritten
    await data.datasync()
  }
  await (await open(join(object, String(part)), 'w')).close()
  await using opened = await open(object)
  await opened.sync()
}

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`${JSON.stringify({ listening: `http://127.0.0.1:${port}` })}\n`)
})
process.once('SIGTERM', () => server.close().closeAllConnections())
