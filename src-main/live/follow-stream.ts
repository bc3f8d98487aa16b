/*
 * Follows the proxy's event stream for as long as the app wants it: connects, notices silence, and connects again
 * without hammering. Nothing that the server sends or fails to send ends it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'
import type { Clock } from './clock'
import { createEventReader } from './event-reader'
import { openEventStream } from './open-event-stream'
import { writtenRequestId } from './proxy-event'
import { reconnectDelayMs } from './reconnect-delay'
import { streamFailure } from './stream-failure'

export type StreamState = 'connecting' | 'live' | 'down' | 'unauthorised'

export interface StreamFollower {
  state(): StreamState
  /** Why it is not live; null while it is, and before the first attempt ended. */
  failure(): Failure | null
  /** Connects now if it waits to; `anew` also where a connection is open, as after a sleep. */
  retry(anew: boolean): void
  close(): void
}

/** The proxy sends a heartbeat every 30 seconds; two that are missing mean that the line is dead. */
const silenceMs = 75_000
const answerTimeoutMs = 15_000
/** A connection that lasted this long counts as good: the next loss starts with a short wait. */
const goodAfterMs = 30_000
/** After a connection that was shorter, the next is believed only when it has lasted this long. */
const believedAfterMs = 5000
const longestTurnMs = 10
/** Two attempts are at least this far apart, whatever asks for them; longer after a refusal, which proxies count. */
const closestAttemptsMs = 1000
const closestAfterRefusalMs = 30_000
/** The longest that a stream's own `retry:` may keep us away. */
const longestRetryMs = 3_600_000

export function followStream(options: {
  url: string
  apiKey: string | null
  clock: Clock
  log: Log
  /** State or failure changed. */
  onState(): void
  /** A request was written; '' when it is not said which. */
  onWritten(id: string): void
  /** Any event at all. */
  onEvent(): void
}): StreamFollower {
  const { url, clock, log } = options
  let state: StreamState = 'connecting'
  let failure: Failure | null = null
  let attempts = 0
  let lastWasShort = false
  let lastEventId: string | null = null
  let retryMs = 0
  let askedMs = 0
  let failedMs = 0
  let lastAttemptMs = -Infinity
  let connection: AbortController | null = null
  let waiting: unknown = null
  let closed = false

  function become(next: StreamState, why: Failure | null): void {
    if (closed || (next === state && why?.message === failure?.message)) return
    state = next
    failure = why
    options.onState()
  }

  function connectIn(ms: number): void {
    clock.clearTimeout(waiting)
    waiting = clock.setTimeout(() => void connect(), ms)
  }

  /** What is left of a wait that began then; all of it where the clock was put back meanwhile. */
  function restMs(sinceMs: number, waitMs: number): number {
    return Math.min(Math.max(sinceMs + waitMs - clock.now(), 0), waitMs)
  }

  async function connect(): Promise<void> {
    const own = new AbortController()
    connection = own
    lastAttemptMs = clock.now()
    let openedMs: number | null = null
    let timer: unknown = null
    let believing: unknown = null
    let turnMs = performance.now()
    const limit = (ms: number, message: string): void => {
      clock.clearTimeout(timer)
      timer = clock.setTimeout(() => own.abort(new Failure('feed-unreachable', { message })), ms)
    }
    const goLive = (): void => {
      if (connection === own) become('live', null)
    }
    const reader = createEventReader({
      event(event) {
        if (event.id !== undefined) lastEventId = event.id || null
        options.onEvent()
        const id = writtenRequestId(event)
        if (id !== null) options.onWritten(id)
      },
      retry: (ms) => (retryMs = Math.min(ms, longestRetryMs)),
    })

    try {
      limit(answerTimeoutMs, 'The proxy does not answer.')
      const bytes = await openEventStream({ ...options, lastEventId, signal: own.signal, nowMs: clock.now() })
      limit(silenceMs, 'The event stream fell silent.')
      for await (const piece of bytes) {
        limit(silenceMs, 'The event stream fell silent.')
        // Headers prove little: a proxy in between may hold everything back. The first byte proves that it flows.
        if (openedMs === null) {
          openedMs = clock.now()
          if (!lastWasShort) goLive()
          else believing = clock.setTimeout(goLive, believedAfterMs)
        }
        reader.push(piece)
        // A flood that is there already would be read in one go, while nothing else gets its turn.
        if (performance.now() - turnMs > longestTurnMs) {
          await nextTurn()
          turnMs = performance.now()
        }
        if (own.signal.aborted) break
      }
      throw own.signal.reason ?? new Failure('feed-unreachable', { message: 'The proxy ended the event stream.' })
    } catch (error) {
      clock.clearTimeout(timer)
      clock.clearTimeout(believing)
      if (connection !== own || closed) return
      connection = null
      own.abort()
      if (openedMs !== null) {
        const lastedMs = clock.now() - openedMs
        lastWasShort = lastedMs < believedAfterMs
        if (lastedMs >= goodAfterMs) attempts = 0
      }
      reconnect(streamFailure(error, url))
    }
  }

  function reconnect(why: Failure): void {
    const wasRefused = why.code === 'feed-unauthorised'
    askedMs = (why.retryAfterSeconds ?? 0) * 1000
    const delayMs = reconnectDelayMs({
      attempts,
      wasRefused,
      atLeastMs: Math.max(askedMs, retryMs),
      random: clock.random(),
    })
    attempts++
    failedMs = clock.now()
    log.info('The event stream is not live', { code: why.code, reason: why.message, againInMs: Math.round(delayMs) })
    become(wasRefused ? 'unauthorised' : 'down', why)
    connectIn(delayMs)
  }

  void connect()
  return {
    state: () => state,
    failure: () => failure,
    retry(anew) {
      if (closed || (connection !== null && !anew)) return
      const closestMs = state === 'unauthorised' ? closestAfterRefusalMs : closestAttemptsMs
      const before = connection
      connection = null
      before?.abort()
      attempts = 0
      lastWasShort = false
      if (state === 'live')
        become('down', new Failure('feed-unreachable', { message: 'The event stream is being renewed.' }))
      connectIn(Math.max(restMs(failedMs, askedMs), restMs(lastAttemptMs, closestMs)))
    },
    close() {
      closed = true
      clock.clearTimeout(waiting)
      connection?.abort()
    },
  }
}
