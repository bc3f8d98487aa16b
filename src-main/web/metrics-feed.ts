import type { App } from '../app/app'
import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'

/** Figures by domain that are sent when they changed, but not more often than every ten seconds. */
export interface MetricsFeed {
  /** The data changed, so the figures may have. */
  changed(): void
  close(): void
}

const shortestIntervalMs = 10_000
/** Domains by most requests; a reader of one domain beyond these asks for its figures. */
const mostDomains = 200

/** Calls `send` with the brief's `metrics` event of each domain whose requests or tokens of the last 24 hours changed. */
export function createMetricsFeed(options: {
  app: App
  log: Log
  hasReaders(): boolean
  send(domain: string | null, data: string): void
}): MetricsFeed {
  const { app, log, hasReaders, send } = options
  const lastSent = new Map<string | null, string>()
  let timer: NodeJS.Timeout | null = null
  let lastAt = -Infinity
  let isClosed = false

  async function sendChanged(): Promise<void> {
    timer = null
    lastAt = performance.now()
    try {
      const { items } = await app.api.usage.domains({ hours: 24 }, { signal: undefined })
      if (isClosed) return
      for (const { domain, requests, inputTokens, outputTokens } of items.slice(0, mostDomains)) {
        const figures = { domain, requests, tokens: inputTokens + outputTokens }
        const text = JSON.stringify(figures)
        if (lastSent.get(domain) === text) continue
        lastSent.set(domain, text)
        send(domain, JSON.stringify({ type: 'metrics', data: figures, timestamp: new Date().toISOString() }))
      }
    } catch (error) {
      log.warn('Metrics could not be sent', { code: asFailure(error).code })
    }
  }

  return {
    changed() {
      if (timer !== null || isClosed || !hasReaders()) return
      const waitMs = Math.max(0, lastAt + shortestIntervalMs - performance.now())
      timer = setTimeout(() => void sendChanged(), waitMs).unref()
    },
    close() {
      isClosed = true
      if (timer !== null) clearTimeout(timer)
    },
  }
}
