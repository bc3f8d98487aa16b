import { RPCHandler } from '@orpc/server/fetch'
import { refuseMalformed } from './refuse-malformed'
import type { Router } from './router'

/*
 * Trusts that the host has checked who asks (session, Host, Origin, size of the body). Everything inside the request is
 * parsed here and in the router.
 */

export const rpcPath = '/dashboard/rpc'

/** Often enough that a proxy which cuts idle connections after half a minute does not cut a quiet stream. */
const keepAliveIntervalMs = 15_000

/** The contract over HTTP under `/dashboard/rpc`. Answers every request, unknown calls with `not-found`. */
export function createRpcHandler(router: Router): (request: Request) => Promise<Response> {
  const handler = new RPCHandler(router, {
    interceptors: [refuseMalformed],
    eventIteratorKeepAliveInterval: keepAliveIntervalMs,
  })
  return async (request) => {
    const { response } = await handler.handle(request, { prefix: rpcPath })
    return response ?? new Response(null, { status: 404 })
  }
}
