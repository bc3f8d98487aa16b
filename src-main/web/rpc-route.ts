import { Failure } from '../core/failure'
import { createRpcHandler } from '../rpc/http'
import type { Router } from '../rpc/router'
import { replyFailure } from './failure-reply'
import { endWith } from './end-with'
import type { StreamSlots } from './stream-slots'
import type { WebContext } from './web-context'

/** The contract's calls over POST. Streams among the answers count as live connections and end with their session. */
export function rpcRoute(router: Router, slots: StreamSlots, closing: AbortSignal) {
  const handle = createRpcHandler(router)
  return async (context: WebContext): Promise<Response> => {
    // A form or plain text can be sent from another site without asking first; JSON cannot.
    if (!isJson(context)) {
      return replyFailure(context, new Failure('invalid-input', { message: 'Calls are sent as application/json.' }))
    }
    const response = await handle(context.req.raw)
    const headers = new Headers(response.headers)
    headers.set('Cache-Control', 'no-store')
    if (!isStream(response)) return new Response(response.body, { status: response.status, headers })

    headers.set('X-Accel-Buffering', 'no')
    headers.set('Cache-Control', 'no-store, no-transform')
    const { session } = context.get('caller')
    try {
      const release = slots.take(session)
      const ends = AbortSignal.any([closing, ...(session ? [session.ended] : [])])
      return new Response(endWith(response.body, ends, release), { status: response.status, headers })
    } catch (error) {
      await response.body.cancel()
      throw error
    }
  }
}

function isJson(context: WebContext): boolean {
  return /^application\/json\b/i.test(context.req.header('content-type') ?? '')
}

function isStream(response: Response): response is Response & { body: ReadableStream<Uint8Array> } {
  return response.body !== null && (response.headers.get('content-type') ?? '').startsWith('text/event-stream')
}
