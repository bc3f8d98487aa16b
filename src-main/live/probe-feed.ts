import { Failure } from '../core/failure'
import { eventStreamUrl } from './event-stream-url'
import { openEventStream } from './open-event-stream'
import { streamFailure } from './stream-failure'

const answerTimeoutMs = 8000

/**
 * Opens the proxy's event stream once and waits for its first byte. Throws `feed-url-invalid`, `feed-unreachable`,
 * `feed-unauthorised` or `feed-not-a-stream`.
 */
export async function probeFeed({
  dashboardUrl,
  apiKey,
}: {
  dashboardUrl: string
  apiKey: string | null
}): Promise<void> {
  const url = eventStreamUrl(dashboardUrl)
  const abort = new AbortController()
  let isOpen = false
  const timer = setTimeout(() => {
    abort.abort(
      isOpen
        ? new Failure('feed-not-a-stream', {
            message: 'The event stream opens but nothing comes out of it.',
            hint: 'A reverse proxy may hold it back: turn its response buffering off for this path.',
          })
        : new Failure('feed-unreachable', { message: 'The proxy does not answer.' }),
    )
  }, answerTimeoutMs)
  try {
    const bytes = await openEventStream({ url, apiKey, lastEventId: null, signal: abort.signal, nowMs: Date.now() })
    isOpen = true
    for await (const piece of bytes) if (piece.length > 0) return
    throw new Failure('feed-not-a-stream', { message: 'The event stream ends before its first event.' })
  } catch (error) {
    throw streamFailure(error, url)
  } finally {
    clearTimeout(timer)
    abort.abort()
  }
}
