import { createORPCClient } from '@orpc/client'
import { RPCLink as HttpLink } from '@orpc/client/fetch'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import type { ContractRouterClient } from '@orpc/contract'
import type { contract } from '../../src-main/contract'
import { bridgePort } from './bridge'

export type Api = ContractRouterClient<typeof contract>

/** Everything the app can do. Over IPC where the preload's bridge is there, else over HTTP to the page's own host. */
export const api: Api = createORPCClient(
  window.bridge
    ? new PortLink({ port: bridgePort(window.bridge) })
    : new HttpLink({ url: `${location.origin}/dashboard/rpc`, fetch: fetchOrSignIn }),
)

async function fetchOrSignIn(request: Request, init: { redirect?: Request['redirect'] }): Promise<Response> {
  const response = await fetch(request, init)
  if (response.status === 401) location.assign('/dashboard/login')
  return response
}
