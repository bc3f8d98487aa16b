import { randomUUID } from 'node:crypto'
import type { App } from '../app/app'
import type { RequestRow } from '../contract/conversations'
import type { Log } from '../core/ports'
import { asFailure } from '../core/failure'
import { createEventBacklog } from './event-backlog'
import { createMetricsFeed } from './metrics-feed'

/** Sends the brief's live events to everyone who listens. */
export interface LiveHub {
  /**
   * Greets the reader, sends what it missed since `lastEventId`, then every event of `domain` (null: of all). Returns
   * the way to stop.
   */
  subscribe(reader: Reader): () => void
  close(): void
}

export interface Reader {
  domain: string | null
  lastEventId: string | null
  send(text: string): void
}

const heartbeatIntervalMs = 30_000
/** How long a browser waits before it comes back, different for each so that a restart is not met by all at once. */
const retryMs = () => 2000 + Math.floor(Math.random() * 3000)
/** Older rows are history that is being copied, not news. */
const newsWindowMs = 15 * 60_000
/** Ids that wait to be looked up; more than that arrive only when the copying of history says so. */
const mostWaiting = 1000
const mostRowsPerCall = 200

/**
 * `conversation` for each new row (once, by the app's event), `metrics` for each domain whose last 24 hours changed.
 * Rows are looked up one batch at a time, so a flood becomes fewer and larger questions.
 */
export function createLiveHub(app: App, log: Log): LiveHub {
  const readers = new Set<Reader>()
  const backlog = createEventBacklog()
  let waiting: string[] = []
  let isLookingUp = false

  const broadcast = (domain: string | null, id: string, data: string): void => {
    for (const reader of readers) if (hears(reader, domain)) reader.send(toEvent(data, id))
  }

  const announce = (row: RequestRow, asOf: string): void => {
    if (Date.parse(asOf) - Date.parse(row.timestamp) > newsWindowMs) return
    const { id, domain, model, timestamp } = row
    const tokens = row.inputTokens === null && row.outputTokens === null ? null : row.totalTokens
    const data = JSON.stringify({
      type: 'conversation',
      data: { id, domain, model, tokens, timestamp },
      timestamp: new Date().toISOString(),
    })
    broadcast(domain, backlog.add({ domain, data }), data)
  }

  async function lookUp(asOf: string): Promise<void> {
    if (isLookingUp) return
    isLookingUp = true
    try {
      while (waiting.length > 0) {
        const { items } = await app.api.conversations.rows({ ids: takeWaiting() }, { signal: undefined })
        for (const row of items.toSorted(byTime)) announce(row, asOf)
      }
    } catch (error) {
      // Readers lose hints, never data: what they show they ask for.
      log.warn('New rows could not be announced', { code: asFailure(error).code })
    } finally {
      isLookingUp = false
    }
  }

  // The app names the newest first; they are told in the order in which they happened.
  const takeWaiting = (): string[] => {
    const batch = waiting.slice(0, mostRowsPerCall)
    waiting = waiting.slice(mostRowsPerCall)
    return batch
  }

  const metrics = createMetricsFeed({
    app,
    log,
    hasReaders: () => readers.size > 0,
    send: (domain, data) => broadcast(domain, backlog.nextId(), data),
  })

  const stopListening = app.onEvent((event) => {
    if (event.type !== 'data') return
    waiting = [...waiting, ...event.newIds.toReversed()].slice(-mostWaiting)
    void lookUp(event.asOf)
    metrics.changed()
  })
  const heartbeat = setInterval(() => {
    for (const reader of readers) reader.send(': heartbeat\n\n')
  }, heartbeatIntervalMs).unref()

  return {
    subscribe(reader) {
      const timestamp = new Date().toISOString()
      const greeting = JSON.stringify({ type: 'connected', connectionId: randomUUID(), timestamp })
      reader.send(`retry: ${retryMs()}\n${toEvent(greeting)}`)
      for (const { id, domain, data } of backlog.since(reader.lastEventId)) {
        if (hears(reader, domain)) reader.send(toEvent(data, id))
      }
      readers.add(reader)
      return () => readers.delete(reader)
    },
    close() {
      stopListening()
      clearInterval(heartbeat)
      metrics.close()
      readers.clear()
    },
  }
}

function hears(reader: Reader, domain: string | null): boolean {
  return reader.domain === null || reader.domain === domain
}

/** One event as text (WHATWG HTML, section 9.2). JSON has no line breaks, so one `data` line holds it. */
function toEvent(data: string, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`
}

function byTime(left: RequestRow, right: RequestRow): number {
  return left.timestamp < right.timestamp ? -1 : left.timestamp > right.timestamp ? 1 : 0
}
