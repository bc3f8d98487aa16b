import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What the server does with one request for the stream. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void

export interface SseServer {
  dashboardUrl: string
  /** Every request so far, oldest first. */
  requests: IncomingMessage[]
  /** What the next connections get, one each; the last is for all that follow. */
  behave(...behaviours: Behaviour[]): void
  /** Streams that are open now. */
  open: ServerResponse[]
  close(): Promise<void>
}

/** A proxy's event stream that behaves as badly as it is told, over real sockets. */
export async function startSseServer(...first: Behaviour[]): Promise<SseServer> {
  let behaviours = first
  const requests: IncomingMessage[] = []
  const open: ServerResponse[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    requests.push(request)
    open.push(response)
    response.on('error', () => undefined)
    response.on('close', () => open.splice(open.indexOf(response), 1))
    const behaviour = behaviours.length > 1 ? behaviours.shift()! : behaviours[0]!
    behaviour(response, request)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    dashboardUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/dashboard`,
    requests,
    open,
    behave(...next) {
      behaviours = next
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const connected = 'data: {"type":"connected","connectionId":"c1","timestamp":"2026-11-23T14:00:00Z"}\n\n'

export function conversation(id: string | null, more: Record<string, unknown> = {}): string {
  return `data: ${JSON.stringify({ type: 'conversation', data: { id, domain: 'acme.com', ...more }, timestamp: null })}\n\n`
}

export const metrics =
  'data: {"type":"metrics","data":{"domain":"acme.com","requests":10,"tokens":9999,"activeUsers":3}}\n\n'

/** A stream that stays open after these pieces, each written on its own. */
export function stream(...pieces: (string | Uint8Array)[]): Behaviour {
  return (response) => {
    openStream(response)
    void (async () => {
      for (const piece of pieces) {
        response.write(piece)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })()
  }
}

/** The same, ended by the server. */
export function endingStream(...pieces: string[]): Behaviour {
  return (response) => {
    openStream(response)
    for (const piece of pieces) response.write(piece)
    response.end()
  }
}

export function answer(status: number, headers: Record<string, string> = {}, body = ''): Behaviour {
  return (response) => {
    response.writeHead(status, headers).end(body)
  }
}

export const behaviours = {
  /** Takes the call and says nothing. */
  noAnswer: () => undefined,
  /** Says that it is a stream, and no more. */
  headersOnly: (response: ServerResponse) => openStream(response),
  cutsTheLine: (response: ServerResponse) => {
    response.socket?.destroy()
  },
  cutsInTheMiddle: (response: ServerResponse) => {
    openStream(response)
    response.write('data: {"type":"conver', () => response.socket?.destroy())
  },
} satisfies Record<string, Behaviour>

function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  response.flushHeaders()
}
