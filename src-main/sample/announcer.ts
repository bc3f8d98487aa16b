/*
 * The sample proxy's event stream: HTTP on a loopback port that is free, open to whoever has the key. A request is
 * trusted in nothing but its key; its body is never read.
 */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface AnnouncedRequest {
  id: string
  domain: string | null
  model: string | null
  /** Input and output together; null while there is no answer. */
  tokens: number | null
  timestampMs: number
}

export interface DomainFigures {
  domain: string
  requests: number
  tokens: number
  activeUsers: number
}

export interface Announcer {
  /** As a connection wants it: `http://127.0.0.1:PORT/dashboard`. */
  dashboardUrl: string
  apiKey: string
  announceRequest(request: AnnouncedRequest): void
  announceMetrics(figures: DomainFigures): void
  close(): Promise<void>
}

interface Listener {
  domain: string | null
  response: ServerResponse
}

const heartbeatMs = 30_000
/** A reader that far behind is let go; it will come back and ask the database. */
const maxBufferedBytes = 1024 * 1024

/** Opens the stream at `<dashboardUrl>/sse` with a new random key. Throws what `listen` throws. */
export async function startAnnouncer(): Promise<Announcer> {
  const apiKey = randomBytes(24).toString('base64url')
  const listeners = new Set<Listener>()

  const send = (domain: string | null, event: object): void => {
    const text = `data: ${JSON.stringify({ ...event, timestamp: new Date().toISOString() })}\n\n`
    for (const listener of listeners) {
      if (listener.domain !== null && listener.domain !== domain) continue
      if (listener.response.writableLength > maxBufferedBytes) listener.response.destroy()
      else listener.response.write(text)
    }
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    if (!hasKey(request, apiKey)) return refuse(response, 401, 'Unauthorized')
    if (url.pathname !== '/dashboard/sse' || request.method !== 'GET') return refuse(response, 404, 'Not found')
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    })
    const connected = { type: 'connected', connectionId: randomUUID(), timestamp: new Date().toISOString() }
    response.write(`data: ${JSON.stringify(connected)}\n\n`)
    const listener = { domain: url.searchParams.get('domain'), response }
    listeners.add(listener)
    response.once('close', () => listeners.delete(listener))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const heartbeat = setInterval(() => {
    for (const { response } of listeners) response.write(': heartbeat\n\n')
  }, heartbeatMs)

  return {
    dashboardUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dashboard`,
    apiKey,
    announceRequest: ({ id, domain, model, tokens, timestampMs }) =>
      send(domain, {
        type: 'conversation',
        data: { id, domain, model, tokens, timestamp: new Date(timestampMs).toISOString() },
      }),
    announceMetrics: (figures) => send(figures.domain, { type: 'metrics', data: figures }),
    async close() {
      clearInterval(heartbeat)
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

function hasKey(request: IncomingMessage, apiKey: string): boolean {
  const given = request.headers['x-dashboard-key']
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(apiKey))
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
}
