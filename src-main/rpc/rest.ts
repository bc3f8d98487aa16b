import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { experimental_ZodSmartCoercionPlugin as CoercionPlugin } from '@orpc/zod/zod4'
import { hasRoute } from './open-api'
import { refuseMalformed } from './refuse-malformed'
import { restError } from './rest-error'
import type { Router } from './router'

/*
 * Trusts that the host has checked who asks. Query texts become numbers and booleans where the contract wants them; what
 * the contract does not understand is `invalid-input`.
 */

export const restPath = '/dashboard/api'

/** The procedures that have a route, as REST under `/dashboard/api`. Answers every request, unknown ones with 404. */
export function createRestHandler(router: Router): (request: Request) => Promise<Response> {
  const handler = new OpenAPIHandler(router, {
    filter: ({ contract }) => hasRoute(contract),
    plugins: [new CoercionPlugin()],
    interceptors: [refuseMalformed],
    customErrorResponseBodyEncoder: ({ code, message, data }) => restError({ code, message, hint: readHint(data) }),
  })
  return async (request) => {
    const { response } = await handler.handle(request, { prefix: restPath })
    return response ?? new Response(null, { status: 404 })
  }
}

function readHint(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('hint' in data)) return undefined
  return typeof data.hint === 'string' ? data.hint : undefined
}
