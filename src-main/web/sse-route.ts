import { Failure } from '../core/failure'
import type { LiveHub } from './live-hub'
import { onFirstAbort } from './on-first-abort'
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
    const stream = openStream({
      subscribe: (send) => hub.subscribe({ domain, lastEventId: context.req.header('last-event-id') ?? null, send }),
      cut: () => context.env.outgoing.destroy(),
      ends: session ? [closing, session.ended] : [closing],
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
  ends: readonly AbortSignal[]
  release(): void
}): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const undo: Array<() => void> = [options.release]
  let isOpen = true
  const leave = (): void => {
    isOpen = false
    for (const step of undo.splice(0)) step()
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string): void => {
          if (!isOpen) return
          controller.enqueue(encoder.encode(text))
          if ((controller.desiredSize ?? 0) > 0) return
          leave()
          options.cut()
        }
        undo.push(options.subscribe(send))
        const stopListening = onFirstAbort(options.ends, () => {
          leave()
          controller.close()
        })
        undo.push(stopListening)
        // The backlog alone may have been too much.
        if (!isOpen) leave()
      },
      cancel: leave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaitingBytes }),
  )
}
