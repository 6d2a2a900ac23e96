// A clamd that answers everything and finds nothing, as one whose signatures went missing.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import type { ClamdAddress } from '#platform/clamd.ts'

/** `version`: its answer to VERSION. */
export async function startBlindClamd(
  version: string,
): Promise<{ readonly clamd: ClamdAddress; stop(): Promise<void> }> {
  const server: Server = createServer((socket) => {
    let heard = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard += text
      if (heard.startsWith('zVERSION\0')) socket.end(`${version}\0`)
      if (heard.startsWith('zINSTREAM\0') && heard.endsWith('\0\0\0\0')) socket.end('stream: OK\0')
    })
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    clamd: { host: '127.0.0.1', port },
    async stop() {
      server.close()
      await once(server, 'close')
    },
  }
}
