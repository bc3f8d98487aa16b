import { Failure } from '../core/failure'
import type { LiveHub } from './live-hub'
import type { StreamSlots } from './stream-slots'
import type { WebContext } from './web-context'

/** What may wait for one reader; who is further behind is cut off and comes back with its last event id. */
const mostWaitingBytes = 256 * 1024
const longestDomain = 255

/**
 * The brief's `/dashboard/sse?domain=`: `text/event-stream` until the reader leaves, its session ends or the host closes.
 * Throws `too-many-streams` and `invalid-input`.
 */
export function sseRoute(hub: LiveHub, slots: StreamSlots, closing: AbortSignal) {
  return (context: WebContext): Response => {
    const domain = context.req.query('domain') || null
    if (domain !== null && domain.length > longestDomain) {
      throw new Failure('invalid-input', { message: `domain is longer than ${longestDomain} characters.` })
    }
    context.header('Content-Type', 'text/event-stream; charset=utf-8')
    context.header('Cache-Control', 'no-cache, no-transform')
    // Nginx collects an answer before it passes it on, unless told not to.
    context.header('X-Accel-Buffering', 'no')
    if (context.req.method === 'HEAD') return context.body(null)

    const { session } = context.get('caller')
    const release = slots.take(session, domain)
    const ends = [closing, ...(session ? [session.ended] : [])]
    const stream = openStream({
      subscribe: (send) => hub.subscribe({ domain, lastEventId: context.req.header('last-event-id') ?? null, send }),
      cut: () => context.env.outgoing.destroy(),
      end: AbortSignal.any(ends),
      release,
    })
    return context.body(stream)
  }
}

/** A byte stream of what `subscribe` sends, which holds a bounded amount for a reader that is slow. */
export function openStream(options: {
  subscribe(send: (text: string) => void): () => void
  /** Drops the connection: to end the stream would only join the queue that the reader does not read. */
  cut(): void
  end: AbortSignal
  release(): void
}): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let leave = (): void => undefined
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let isOpen = true
        let unsubscribe = (): void => undefined
        const finish = (): void => controller.close()
        leave = () => {
          if (!isOpen) return
          isOpen = false
          unsubscribe()
          options.end.removeEventListener('abort', onEnd)
          options.release()
        }
        const onEnd = (): void => {
          leave()
          finish()
        }
        const send = (text: string): void => {
          if (!isOpen) return
          controller.enqueue(encoder.encode(text))
          if ((controller.desiredSize ?? 0) > 0) return
          leave()
          options.cut()
        }
        options.end.addEventListener('abort', onEnd)
        unsubscribe = options.subscribe(send)
        if (!isOpen) unsubscribe()
        if (options.end.aborted) onEnd()
      },
      cancel: () => leave(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaitingBytes }),
  )
}
