import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { listenFailure } from './addresses'
import { limits } from './limits'

export interface HttpServer {
  /** Resolves with the port. Throws `invalid-input` that names HOST or PORT. */
  listen(host: string, port: number): Promise<number>
  /** Takes no new requests, lets those under way end for a moment, and drops what browsers keep open for later. */
  close(): Promise<void>
}

/** How long requests may go on after the server was told to close. */
const graceMs = 2000

/** Node's HTTP server with the limits of this host on how slowly a request may arrive. */
export function createHttpServer(handle: RequestListener): HttpServer {
  const server = createServer(
    {
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: 5000,
    },
    handle,
  )
  server.maxConnections = limits.connections
  let underWay = 0
  let onQuiet = (): void => undefined
  server.on('request', (_request, response) => {
    underWay += 1
    response.once('close', () => {
      underWay -= 1
      if (underWay === 0) onQuiet()
    })
  })

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => reject(listenFailure(error, host, port)))
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
      }),
    close: () =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), graceMs)
        server.close(() => {
          clearTimeout(cut)
          resolve()
        })
        // Browsers open connections ahead of need; those count as busy until their first request.
        onQuiet = () => server.closeAllConnections()
        if (underWay === 0) onQuiet()
      }),
  }
}
