import { Failure } from '../core/failure'
import { createRpcHandler } from '../rpc/http'
import type { Router } from '../rpc/router'
import { replyFailure } from './failure-reply'
import { endWith } from './end-with'
import { onFirstAbort } from './on-first-abort'
import type { StreamSlots } from './stream-slots'
import type { WebContext } from './web-context'
import { withSignal } from './with-signal'

/** The contract's calls over POST. Streams among the answers count as live connections and end with their session. */
export function rpcRoute(router: Router, slots: StreamSlots, closing: AbortSignal) {
  const handle = createRpcHandler(router)
  return async (context: WebContext): Promise<Response> => {
    // A form or plain text can be sent from another site without asking first; JSON cannot.
    if (!isJson(context)) {
      return replyFailure(context, new Failure('invalid-input', { message: 'Calls are sent as application/json.' }))
    }
    // The app hears both of a reader that leaves and of a session that ends.
    const call = new AbortController()
    const { raw } = context.req
    onFirstAbort([raw.signal], () => call.abort())
    const response = await handle(withSignal(new Request(raw), call.signal))
    const headers = new Headers(response.headers)
    headers.set('Cache-Control', 'no-store')
    if (!isStream(response)) return new Response(response.body, { status: response.status, headers })

    headers.set('X-Accel-Buffering', 'no')
    headers.set('Cache-Control', 'no-store, no-transform')
    const { session } = context.get('caller')
    try {
      const release = slots.take(session)
      const body = endWith(response.body, session ? [closing, session.ended] : [closing], () => {
        release()
        call.abort()
      })
      return new Response(body, { status: response.status, headers })
    } catch (error) {
      call.abort()
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
