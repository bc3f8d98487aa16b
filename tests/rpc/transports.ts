import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MessageChannel } from 'node:worker_threads'
import { createORPCClient } from '@orpc/client'
import { RPCLink as HttpLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import { getRequestListener } from '@hono/node-server'
import type { contract } from '../../src-main/contract'
import { createRpcHandler } from '../../src-main/rpc/http'
import { servePort, type ServerPort } from '../../src-main/rpc/port'
import type { Router } from '../../src-main/rpc/router'

export type Client = ContractRouterClient<typeof contract>

export interface Transport {
  client: Client
  /** The page goes away: its port closes, its sockets are cut. */
  leave(): void
  close(): Promise<void>
}

export async function overPort(router: Router): Promise<Transport> {
  const { port1, port2 } = new MessageChannel()
  // Node declares the listener as one of any Event; what comes is a MessageEvent.
  servePort(router, port1 as unknown as ServerPort)
  port1.start()
  const client: Client = createORPCClient(new PortLink({ port: port2 }))
  port2.start()
  return { client, leave: () => port2.close(), close: async () => port2.close() }
}

export async function overHttp(router: Router): Promise<Transport> {
  const server: Server = createServer(getRequestListener(createRpcHandler(router)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const page = new AbortController()
  const client: Client = createORPCClient(
    new HttpLink({
      url: `http://127.0.0.1:${port}/dashboard/rpc`,
      fetch: (request, init) => fetch(request, { ...init, signal: AbortSignal.any([request.signal, page.signal]) }),
    }),
  )
  return {
    client,
    leave: () => page.abort(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
