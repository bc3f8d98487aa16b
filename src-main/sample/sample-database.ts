/*
 * The sample's database as a proxy would have made it, and beside it, in a schema of its own, which stretches of time
 * are still to be filled. Trusted: the server, which is ours alone.
 */
import { randomBytes } from 'node:crypto'
import { Pool } from 'pg'
import type { Log } from '../core/ports'
import { hourMs } from './calendar'
import type { PostgresServer } from './postgres-server'

const historyMs = 30 * 24 * hourMs
/** The newest stretch is a little more than a day, so that the last 24 hours are whole once it is there. */
const newestStretchMs = 26 * hourMs
const stretchMs = 24 * hourMs

/** Table and indexes as the dashboard's document has them; `streaming_chunks` as proxies of that age have it. */
const schema = `
CREATE TABLE requests (
  request_id UUID PRIMARY KEY,
  timestamp TIMESTAMPTZ NOT NULL,
  domain VARCHAR(255),
  model VARCHAR(100),
  input_tokens INTEGER,
  output_tokens INTEGER,
  request_body JSONB,
  response_body JSONB,
  response_time_ms INTEGER,
  stream BOOLEAN,
  request_type VARCHAR(50)
);
CREATE INDEX idx_requests_domain_timestamp ON requests(domain, timestamp DESC);
CREATE INDEX idx_requests_timestamp ON requests(timestamp DESC);
CREATE TABLE streaming_chunks (
  request_id UUID NOT NULL,
  chunk_index INTEGER NOT NULL,
  timestamp TIMESTAMPTZ NOT NULL,
  chunk_data TEXT NOT NULL,
  PRIMARY KEY (request_id, chunk_index)
);
CREATE SCHEMA sample;
CREATE TABLE sample.calendar (anchor_ms BIGINT NOT NULL);
CREATE TABLE sample.stretches_to_fill (from_ms BIGINT PRIMARY KEY, to_ms BIGINT NOT NULL);
CREATE ROLE dashboard LOGIN;
GRANT SELECT ON requests, streaming_chunks TO dashboard;
`

/** A half-open stretch of time, in ms since 1970. */
export interface Stretch {
  fromMs: number
  toMs: number
}

export interface SampleDatabase {
  /** The proxy's own connections, which may write. */
  pool: Pool
  /** URL of a role that may read `requests` and nothing else. */
  readerUrl: string
  /** URL of the role that owns everything. */
  ownerUrl: string
  /** The end of the first filling, from which the hours of the calendar are counted. */
  anchorMs: number
  /** What is to be filled, newest first. */
  stretches: Stretch[]
  close(): Promise<void>
}

/** Makes the tables on first use, and plans what is to be filled so that it reaches `nowMs`. */
export async function openDatabase(server: PostgresServer, nowMs: number, log: Log): Promise<SampleDatabase> {
  const pool = new Pool({ connectionString: server.url(), max: 3, application_name: 'sample proxy' })
  let isClosing = false
  // A server that stops says so on every idle connection; without a listener that would end the process.
  pool.on('error', (error) => {
    if (!isClosing) log.warn('A connection of the sample proxy was lost', { error: error.message })
  })
  // Of those in use the failing query tells; without a listener the same error would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const close = (): Promise<void> => {
    isClosing = true
    return pool.end()
  }
  try {
    const { rows } = await pool.query<{ exists: boolean }>("SELECT to_regnamespace('sample') IS NOT NULL AS exists")
    if (!rows[0]!.exists) {
      await pool.query(`BEGIN; ${schema} INSERT INTO sample.calendar VALUES (${nowMs}); COMMIT`)
    }
    const password = randomBytes(18).toString('base64url')
    await pool.query(`ALTER ROLE dashboard PASSWORD '${password}'`)
    const readerUrl = new URL(server.url())
    readerUrl.username = 'dashboard'
    readerUrl.password = password
    return {
      pool,
      readerUrl: readerUrl.href,
      ownerUrl: server.url(),
      close,
      ...(await planFilling(pool, nowMs)),
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Everything between the newest row and now, but no more than thirty days, in stretches; and what an earlier run did
 * not get to. Stretches are filled newest first, so one that lies after the newest row was never begun.
 */
async function planFilling(pool: Pool, nowMs: number): Promise<{ anchorMs: number; stretches: Stretch[] }> {
  const oldestMs = nowMs - historyMs
  const { rows } = await pool.query<{ anchor: string; newest: string | null }>(
    `SELECT anchor_ms AS anchor,
            (SELECT floor(extract(epoch FROM max(timestamp)) * 1000) FROM requests) AS newest
     FROM sample.calendar`,
  )
  const newestMs = rows[0]!.newest === null ? oldestMs : Number(rows[0]!.newest) + 1
  await pool.query('DELETE FROM sample.stretches_to_fill WHERE from_ms >= $1 OR to_ms <= $2', [newestMs, oldestMs])
  const gap = divide({ fromMs: Math.max(newestMs, oldestMs), toMs: nowMs })
  await pool.query('INSERT INTO sample.stretches_to_fill SELECT * FROM unnest($1::bigint[], $2::bigint[])', [
    gap.map(({ fromMs }) => fromMs),
    gap.map(({ toMs }) => toMs),
  ])
  const { rows: planned } = await pool.query<{ from_ms: string; to_ms: string }>(
    'SELECT from_ms, to_ms FROM sample.stretches_to_fill ORDER BY to_ms DESC',
  )
  return {
    anchorMs: Number(rows[0]!.anchor),
    stretches: planned.map((row) => ({ fromMs: Number(row.from_ms), toMs: Number(row.to_ms) })),
  }
}

/** What is filled first when there is nothing yet. */
export function newestStretch(nowMs: number): Stretch {
  return { fromMs: nowMs - newestStretchMs, toMs: nowMs }
}

function divide({ fromMs, toMs }: Stretch): Stretch[] {
  const parts: Stretch[] = []
  for (let endMs = toMs; endMs > fromMs;) {
    const startMs = Math.max(fromMs, endMs - (parts.length === 0 ? newestStretchMs : stretchMs))
    parts.push({ fromMs: startMs, toMs: endMs })
    endMs = startMs
  }
  return parts
}
