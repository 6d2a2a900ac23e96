/**
 * A small listener of its own for operators: metrics and health of this process. It asks nobody who they are, so it is off
 * unless a setting names its port, and on the loopback address unless another one is named; never the public listener.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Health } from './health.ts'
import type { Metrics } from './metrics.ts'

export type Monitor = { url: string; close(): Promise<void> }

type Settings = { host: string; port: number; metrics: Metrics; health: Health }

export async function startMonitor({ host, port, metrics, health }: Settings): Promise<Monitor> {
  const answer = async (path: string): Promise<{ status: number; type: string; body: string }> => {
    const json = (status: number, body: unknown) => ({ status, type: 'application/json', body: JSON.stringify(body) })
    if (path === '/health/live') return json(200, { status: 'ok' })
    if (path === '/metrics') return { status: 200, type: metrics.type, body: await metrics.text() }
    if (path !== '/health/ready') return json(404, {})
    const missing = await health()
    return missing.length === 0 ? json(200, { status: 'ok' }) : json(503, { missing })
  }
  const server = createServer((request, response) => {
    const path = request.method === 'GET' ? (request.url ?? '') : ''
    answer(path).then(
      ({ status, type, body }) => response.writeHead(status, { 'Content-Type': type }).end(body),
      () => response.writeHead(500).end(),
    )
  })
  server.listen(port, host)
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
