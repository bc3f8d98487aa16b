import { Failure } from '../core/failure'
import { eventStreamUrl } from './event-stream-url'
import { openEventStream } from './open-event-stream'
import { streamFailure } from './stream-failure'

const answerTimeoutMs = 8000

export interface FeedProbe {
  /** From the question to the answer's headers. */
  answeredMs: number
  /** From the headers to the first byte of an event: long where something in between collects before it passes on. */
  firstByteMs: number
}

/** Something took the question and gave nothing back: it may be holding the answer. */
export class SilentFeedFailure extends Failure {}

/**
 * Opens the proxy's event stream once and waits for its first byte. Throws `feed-url-invalid`, `feed-unreachable`,
 * `feed-unauthorised` or `feed-not-a-stream`; of these a `SilentFeedFailure` where nothing came for 8 seconds.
 */
export async function probeFeed({
  dashboardUrl,
  apiKey,
}: {
  dashboardUrl: string
  apiKey: string | null
}): Promise<FeedProbe> {
  const url = eventStreamUrl(dashboardUrl)
  const abort = new AbortController()
  const askedAtMs = performance.now()
  let isOpen = false
  const timer = setTimeout(() => {
    abort.abort(
      isOpen
        ? new SilentFeedFailure('feed-not-a-stream', {
            message: 'The event stream opens but nothing comes out of it.',
            hint: 'A reverse proxy may hold it back: turn its response buffering off for this path.',
          })
        : new SilentFeedFailure('feed-unreachable', { message: 'The proxy does not answer.' }),
    )
  }, answerTimeoutMs)
  try {
    const bytes = await openEventStream({ url, apiKey, lastEventId: null, signal: abort.signal, nowMs: Date.now() })
    isOpen = true
    const openedAtMs = performance.now()
    for await (const piece of bytes) {
      if (piece.length > 0) return { answeredMs: openedAtMs - askedAtMs, firstByteMs: performance.now() - openedAtMs }
    }
    throw new Failure('feed-not-a-stream', { message: 'The event stream ends before its first event.' })
  } catch (error) {
    throw streamFailure(error, url)
  } finally {
    clearTimeout(timer)
    abort.abort()
  }
}
