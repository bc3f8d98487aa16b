import type { Pool } from 'pg'
import type { Log } from '../core/ports'
import type { Announcer, DomainFigures } from './announcer'
import { expectedConversations, type Appointment } from './calendar'
import { sampleDomains } from './domains'
import type { RunningConversation } from './prepare-stretch'
import { chunkColumns, chunkRows, requestColumns, requestValues } from './request-columns'
import type { SampleRequest } from './sample-request'
import { converse } from './scripts/work'
import { SeedRandom } from './seed-random'

export interface LiveWriter {
  /** Stops after what is being written just now. Rows that wait for their answer stay without one. */
  close(): Promise<void>
}

interface LiveWriting {
  pool: Pool
  announcer: Announcer
  /** Conversations to go on with. */
  running: RunningConversation[]
  log: Log
}

const answerMs = { shortest: 700, longest: 8000 }
const metricsEveryMs = 10_000
const conversationsAtOnce = 8

/**
 * Writes as a proxy does: the row when a request comes, its answer some seconds later; each is announced. Goes on with
 * running conversations and begins new ones. What goes wrong is logged, and the next request is tried.
 */
export function startLiveWriter({ pool, announcer, running, log }: LiveWriting): LiveWriter {
  const openedMs = Date.now()
  const random = new SeedRandom('live', openedMs)
  const idle = running.slice(-conversationsAtOnce)
  const timers = new Set<NodeJS.Timeout>()
  const writing = new Set<Promise<void>>()
  const figures = new Map<string, DomainFigures>()
  let isClosed = false

  /** Does `work` later unless the writer is closed by then; what it throws is logged. */
  function later(delayMs: number, work: () => Promise<void>): void {
    if (isClosed) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      const done = work()
        .catch((error: unknown) => log.warn('The sample proxy could not write', { error: String(error) }))
        .finally(() => writing.delete(done))
      writing.add(done)
    }, delayMs)
    timers.add(timer)
  }

  async function writeNext(): Promise<void> {
    later(pauseMs(random, Date.now() - openedMs), writeNext)
    const goesOn = idle.length > 0 && random.chance(idle.length < conversationsAtOnce ? 0.75 : 1)
    const conversation = goesOn ? idle.splice(random.integer(0, idle.length - 1), 1)[0]! : begin(random)
    if (!conversation) return
    const request = { ...conversation.next, timestampMs: Date.now() }
    await insertUnanswered(pool, request)
    announcer.announceRequest({ ...request, tokens: null })
    if (request.responseBody === null && request.streamChunks.length === 0) return
    const elapsedMs = Math.min(answerMs.longest, Math.max(answerMs.shortest, request.responseTimeMs ?? 0))
    later(elapsedMs, async () => {
      await updateAnswer(pool, { ...request, responseTimeMs: elapsedMs })
      const tokens = (request.inputTokens ?? 0) + (request.outputTokens ?? 0)
      announcer.announceRequest({ ...request, tokens })
      count(figures, request.domain, tokens)
      const step = conversation.rest.next()
      if (!step.done) idle.push({ ...conversation, next: step.value })
    })
  }

  async function tellMetrics(): Promise<void> {
    later(metricsEveryMs, tellMetrics)
    for (const figure of figures.values()) announcer.announceMetrics(figure)
    figures.clear()
  }

  later(pauseMs(random, 0), writeNext)
  later(metricsEveryMs, tellMetrics)
  return {
    async close() {
      isClosed = true
      for (const timer of timers) clearTimeout(timer)
      await Promise.all(writing)
    },
  }
}

/** A few seconds while somebody has just opened the sample; later less often, so that its days stay alike. */
function pauseMs(random: SeedRandom, openForMs: number): number {
  return random.integer(3000, 8000) * (openForMs < 300_000 ? 1 : 4)
}

/** A new conversation of a domain that is awake; undefined when its script has nothing to say. */
function begin(random: SeedRandom): RunningConversation | undefined {
  const nowMs = Date.now()
  const awake = sampleDomains.map((domain) => [domain, expectedConversations(domain, nowMs) + 0.02] as const)
  const domain = random.weighted(awake)
  const appointment: Appointment = {
    startMs: nowMs,
    domain,
    work: null,
    random: new SeedRandom('live', nowMs, random.next()),
    errorShare: domain.errorShare,
    isOverloaded: false,
  }
  const rest = converse(appointment)
  const step = rest.next()
  return step.done ? undefined : { next: step.value, rest }
}

async function insertUnanswered(pool: Pool, request: SampleRequest): Promise<void> {
  const values = requestValues({
    ...request,
    inputTokens: null,
    outputTokens: null,
    responseBody: null,
    responseTimeMs: null,
  })
  const parameters = values.map((_, index) => `$${index + 1}`)
  await pool.query(`INSERT INTO requests (${requestColumns.join(', ')}) VALUES (${parameters.join(', ')})`, values)
}

async function updateAnswer(pool: Pool, request: SampleRequest): Promise<void> {
  for (const row of chunkRows(request)) {
    await pool.query(`INSERT INTO streaming_chunks (${chunkColumns.join(', ')}) VALUES ($1, $2, $3, $4)`, row)
  }
  await pool.query(
    `UPDATE requests SET response_body = $2, input_tokens = $3, output_tokens = $4, response_time_ms = $5
     WHERE request_id = $1`,
    [request.id, request.responseBody, request.inputTokens, request.outputTokens, request.responseTimeMs],
  )
}

function count(figures: Map<string, DomainFigures>, domain: string | null, tokens: number): void {
  if (domain === null) return
  const figure = figures.get(domain) ?? { domain, requests: 0, tokens: 0, activeUsers: 1 }
  figures.set(domain, { ...figure, requests: figure.requests + 1, tokens: figure.tokens + tokens })
}
