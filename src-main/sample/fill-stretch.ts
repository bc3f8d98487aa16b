import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pool, PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { appointments } from './calendar'
import { largeLogText } from './large-text'
import type { Stretch } from './sample-database'
import type { SampleRequest } from './sample-request'
import { converse } from './scripts/work'

/** A conversation that was going on when the filling ended: its next request, and the ones after it. */
export interface RunningConversation {
  next: SampleRequest
  rest: Iterator<SampleRequest, void>
}

interface Filling {
  seed: string
  anchorMs: number
  stretch: Stretch
  /** Nothing that is answered after this moment is written. */
  untilMs: number
  signal: AbortSignal
}

/** At most this long at a time, so that the app stays awake. */
const sliceMs = 8
const batchLength = 128 * 1024

/**
 * Writes the conversations that begin in one stretch, whole or not at all. Gives those that were still going on.
 * Throws what the database throws, and the signal's reason when it is aborted.
 */
export async function fillStretch(pool: Pool, filling: Filling): Promise<RunningConversation[]> {
  const client = await pool.connect()
  // The running query tells; without a listener the same error would end the process.
  const ignore = (): void => undefined
  client.on('error', ignore)
  let isBroken = true
  try {
    await client.query('BEGIN')
    const { running, large, chunked } = await copyRequests(client, filling)
    await copyChunks(client, chunked)
    for (const request of large) await insertLarge(client, request)
    await client.query('DELETE FROM sample.stretches_to_fill WHERE from_ms = $1', [filling.stretch.fromMs])
    await client.query('COMMIT')
    isBroken = false
    return running
  } finally {
    client.off('error', ignore)
    // A connection in the middle of a COPY is of no use any more.
    client.release(isBroken)
  }
}

async function copyRequests(client: PoolClient, filling: Filling) {
  const { seed, anchorMs, stretch, untilMs, signal } = filling
  const running: RunningConversation[] = []
  const large: SampleRequest[] = []
  const chunked: SampleRequest[] = []
  const copy = client.query(copyFrom(`COPY requests (${columns}) FROM STDIN`))
  // Without a listener a failure between two writes would end the process; the end of the copy tells it again.
  copy.on('error', () => undefined)
  let batch: string[] = []
  let length = 0
  let sliceStart = performance.now()
  for (const appointment of appointments(seed, anchorMs, stretch.fromMs, stretch.toMs)) {
    const requests = converse(appointment)
    for (let step = requests.next(); !step.done; step = requests.next()) {
      const request = step.value
      if (request.timestampMs + (request.responseTimeMs ?? 0) > untilMs) {
        running.push({ next: request, rest: requests })
        break
      }
      if (request.streamChunks.length > 0) chunked.push(request)
      if (request.largeText) large.push(request)
      else length += batch[batch.push(copyLine(request)) - 1]!.length
      if (performance.now() - sliceStart > sliceMs) {
        await nextTurn()
        sliceStart = performance.now()
      }
      if (length > batchLength) {
        signal.throwIfAborted()
        const goesOn = copy.write(batch.join(''))
        batch = []
        length = 0
        if (!goesOn) await once(copy, 'drain', { signal })
        sliceStart = performance.now()
      }
    }
  }
  signal.throwIfAborted()
  await finish(copy, batch.join(''))
  return { running, large, chunked }
}

async function copyChunks(client: PoolClient, requests: readonly SampleRequest[]): Promise<void> {
  if (requests.length === 0) return
  const copy = client.query(
    copyFrom('COPY streaming_chunks (request_id, chunk_index, timestamp, chunk_data) FROM STDIN'),
  )
  const lines = requests.flatMap((request) => chunkRows(request).map((row) => `${row.map(copyText).join('\t')}\n`))
  await finish(copy, lines.join(''))
}

/** The rows of `streaming_chunks` that belong to a request. */
export function chunkRows({ id, timestampMs, streamChunks }: SampleRequest): [string, string, string, string][] {
  return streamChunks.map((chunk, index) => [
    id,
    String(index),
    new Date(timestampMs + index * 40).toISOString(),
    chunk,
  ])
}

async function insertLarge(client: PoolClient, request: SampleRequest): Promise<void> {
  const values = rowValues(request)
  const parameters = values.map((_, index) =>
    index === requestBodyIndex
      ? `jsonb_set($${index + 1}::jsonb, '{messages,0,content,1,text}', to_jsonb((${largeLogText(request)})))`
      : `$${index + 1}`,
  )
  await client.query(`INSERT INTO requests (${columns}) VALUES (${parameters.join(', ')})`, values)
}

function finish(copy: NodeJS.WritableStream, rest: string): Promise<void> {
  return new Promise((resolve, reject) => {
    copy.once('error', reject)
    copy.once('finish', resolve)
    copy.end(rest)
  })
}

/** Columns of the brief's table, in the order of `rowValues`. */
export const columns =
  'request_id, timestamp, domain, model, input_tokens, output_tokens, request_body, response_body, response_time_ms, stream, request_type'
const requestBodyIndex = 6

/** The values of a row, in the order of `columns`. */
export function rowValues(request: SampleRequest): (string | number | boolean | null)[] {
  return [
    request.id,
    new Date(request.timestampMs).toISOString(),
    request.domain,
    request.model,
    request.inputTokens,
    request.outputTokens,
    request.requestBody,
    request.responseBody,
    request.responseTimeMs,
    request.stream,
    request.requestType,
  ]
}

function copyLine(request: SampleRequest): string {
  return `${rowValues(request).map(copyText).join('\t')}\n`
}

/** One value in COPY's text format (PostgreSQL manual, COPY, "Text Format"). */
function copyText(value: string | number | boolean | null): string {
  if (value === null) return String.raw`\N`
  if (typeof value !== 'string') return String(value)
  return /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (character) => escapes[character]!) : value
}

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
