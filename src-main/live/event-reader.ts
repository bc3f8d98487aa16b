import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { Failure } from '../core/failure'

/** An event may be this long, in characters; what is longer is no event of a proxy. */
const longestEvent = 8_000_000

export interface EventReader {
  /** Takes the next bytes, cut anywhere. Throws `feed-not-a-stream` when an event has no end. */
  push(bytes: Uint8Array): void
}

/** Bytes of an event stream into events. Broken UTF-8 becomes replacement characters, as in browsers. */
export function createEventReader(on: {
  event(event: EventSourceMessage): void
  retry(ms: number): void
}): EventReader {
  const decoder = new TextDecoder()
  let endedWithReturn = false
  let isTooLong = false
  const parser = createParser({
    onEvent: on.event,
    onRetry: on.retry,
    maxBufferSize: longestEvent,
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') isTooLong = true
    },
  })

  /**
   * Every kind of line end as LF. The parser alone would hold an event that ends with CR back until the next byte, as
   * that might be the LF of the same line end.
   */
  function withLineFeeds(text: string): string {
    if (text === '') return text
    const continued = endedWithReturn && text.startsWith('\n') ? text.slice(1) : text
    endedWithReturn = text.endsWith('\r')
    return continued.includes('\r') ? continued.replace(/\r\n?/g, '\n') : continued
  }

  return {
    push(bytes) {
      const text = withLineFeeds(decoder.decode(bytes, { stream: true }))
      if (text !== '') parser.feed(text)
      if (isTooLong) throw new Failure('feed-not-a-stream', { message: 'The proxy sent an event that has no end.' })
    },
  }
}
