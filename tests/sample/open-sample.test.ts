import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createParser } from 'eventsource-parser'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSample, type Sample } from '../../src-main/sample/open-sample'
import { silentLog } from '../fakes/silent-log'
import { sampleRequests } from './sample-requests'

const warnings: string[] = []
/** The server's own lines are left out: these tests make it refuse things. */
const log = { ...silentLog, warn: (text: string) => void (text === 'sample database' || warnings.push(text)) }
let directory: string
let sample: Sample
let owner: Client
/** Requests of the last 24 hours when the sample said that it was open. */
let firstDay: { rows: number; domains: number; newestMs: number; calendarsNewestMs: number }

const select = async <Row>(sql: string, values?: unknown[]): Promise<Row[]> => (await owner.query(sql, values)).rows

async function open(): Promise<void> {
  sample = await openSample({ directory, log })
  owner = new Client(sample.ownerUrl)
  owner.on('error', () => undefined)
  await owner.connect()
}

async function close(): Promise<void> {
  await owner.end()
  await sample.close()
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nexus-test-sample-'))
  await open()
  const [found] = await select<{ rows: number; domains: number; newestMs: number; anchorMs: number }>(
    `SELECT count(*)::int AS rows, count(DISTINCT domain)::int AS domains,
            floor(extract(epoch FROM max(timestamp)) * 1000)::float8 AS "newestMs",
            (SELECT anchor_ms FROM sample.calendar)::float8 AS "anchorMs"
     FROM requests WHERE timestamp > now() - interval '24 hours'`,
  )
  // On a Sunday morning nobody may be at work for an hour and more: the calendar knows.
  const times = [...sampleRequests(found!.anchorMs, 24)].map(({ timestampMs }) => timestampMs)
  const calendarsNewestMs = Math.floor(Math.max(...times.filter((ms) => ms < found!.anchorMs)))
  firstDay = { rows: found!.rows, domains: found!.domains, newestMs: found!.newestMs, calendarsNewestMs }
  // The filling of the older days is cut short here; everything below stands on its continuation.
  await close()
  await open()
})

afterAll(async () => {
  await close()
  await rm(directory, { recursive: true, force: true })
})

describe('a fresh sample', () => {
  test('has its last day, up to minutes ago, before it says that it is open', () => {
    expect(firstDay.rows).toBeGreaterThan(200)
    expect(firstDay.domains).toBeGreaterThan(5)
    expect(firstDay.newestMs).toBeGreaterThanOrEqual(firstDay.calendarsNewestMs)
  })

  test('has the columns and indexes of the document, and nothing more', async () => {
    const columns = await select<{ column: string }>(
      `SELECT column_name || ' ' || data_type || coalesce(character_maximum_length::text, '') || ' ' || is_nullable AS column
       FROM information_schema.columns WHERE table_name = 'requests' ORDER BY ordinal_position`,
    )
    expect(columns.map(({ column }) => column)).toEqual([
      'request_id uuid NO',
      'timestamp timestamp with time zone NO',
      'domain character varying255 YES',
      'model character varying100 YES',
      'input_tokens integer YES',
      'output_tokens integer YES',
      'request_body jsonb YES',
      'response_body jsonb YES',
      'response_time_ms integer YES',
      'stream boolean YES',
      'request_type character varying50 YES',
    ])
    const indexes = await select<{ indexdef: string }>(
      "SELECT indexdef FROM pg_indexes WHERE tablename = 'requests' ORDER BY indexname",
    )
    expect(indexes.map(({ indexdef }) => indexdef.replace(/^.* USING /, ''))).toEqual([
      'btree (domain, "timestamp" DESC)',
      'btree ("timestamp" DESC)',
      'btree (request_id)',
    ])
  })

  test('lets the app read and nothing else', async () => {
    const reader = new Client(sample.databaseUrl)
    await reader.connect()
    expect((await reader.query('SELECT count(*)::int AS rows FROM requests')).rows[0].rows).toBeGreaterThan(0)
    await expect(reader.query('DELETE FROM requests')).rejects.toThrow('permission denied')
    await expect(reader.query('SELECT * FROM sample.calendar')).rejects.toThrow('permission denied')
    await reader.end()
  })

  test('gets its older days, though their first filling was cut short', async () => {
    await sample.loaded
    expect(await select('SELECT * FROM sample.stretches_to_fill')).toEqual([])
    const [month] = await select<{ rows: number; days: number }>(
      "SELECT count(*)::int AS rows, count(DISTINCT (timestamp AT TIME ZONE 'UTC')::date)::int AS days FROM requests WHERE timestamp < now() - interval '1 day'",
    )
    expect(month!.rows).toBeGreaterThan(16_000)
    expect(month!.days).toBeGreaterThanOrEqual(29)
  })

  test('rests at weekends and works by night where it should', async () => {
    const [shares] = await select<{ weekend: number; night: number; batch: number }>(
      `SELECT avg((extract(isodow FROM timestamp AT TIME ZONE 'Europe/Berlin') > 5)::int)
                FILTER (WHERE domain = 'dev.brightfork.example')::float AS weekend,
              avg((extract(hour FROM timestamp AT TIME ZONE 'UTC') < 6)::int) FILTER (WHERE domain = 'agents.orbital.example')::float AS night,
              avg((extract(hour FROM timestamp AT TIME ZONE 'UTC') BETWEEN 1 AND 5)::int)
                FILTER (WHERE domain = 'nightly.orbital.example')::float AS batch
       FROM requests`,
    )
    expect(shares!.weekend).toBeLessThan(0.1)
    expect(shares!.night).toBeGreaterThan(0.15)
    expect(shares!.batch).toBeGreaterThan(0.95)
  })

  test('has bodies of one to five megabytes that are sound JSON with the log in its place', async () => {
    const large = await select<{ bytes: number; text: string; lines: number }>(
      `SELECT octet_length(request_body::text) AS bytes, left(request_body #>> '{messages,0,content,1,text}', 60) AS text,
              array_length(string_to_array(request_body #>> '{messages,0,content,1,text}', E'\\n'), 1) AS lines
       FROM requests WHERE pg_column_size(request_body) > 100000 AND request_body #>> '{messages,0,content,1,type}' = 'text'
         AND request_body #>> '{messages,0,content,0,type}' = 'text'`,
    )
    expect(large.length).toBeGreaterThan(3)
    for (const { bytes, text, lines } of large) {
      expect(bytes).toBeGreaterThan(900_000)
      expect(bytes).toBeLessThan(6_000_000)
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT21:00:00\.710 +[A-Z]+ +[a-z-]+/)
      expect(lines).toBeGreaterThan(9000)
    }
  })

  test('keeps some streams as rows of their own', async () => {
    const [chunks] = await select<{ requests: number; first: string }>(
      'SELECT count(DISTINCT request_id)::int AS requests, min(chunk_data) FILTER (WHERE chunk_index = 0) AS first FROM streaming_chunks',
    )
    expect(chunks!.requests).toBeGreaterThan(20)
    expect(chunks!.first).toContain('event: message_start')
  })
})

describe('the proxy at work', () => {
  test('refuses whoever has no key, and knows one address', async () => {
    expect((await fetch(`${sample.dashboardUrl}/sse`)).status).toBe(401)
    expect((await fetch(`${sample.dashboardUrl}/sse`, { headers: { 'X-Dashboard-Key': 'wrong' } })).status).toBe(401)
    const headers = { 'X-Dashboard-Key': sample.apiKey }
    expect((await fetch(`${sample.dashboardUrl}/elsewhere`, { headers })).status).toBe(404)
  })

  test('writes a row, announces it, and fills in its answer later', async () => {
    const events = followEvents(sample)
    const connected = await events.next()
    expect(connected.value).toMatchObject({ type: 'connected', connectionId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    const seen = new Set<string>()
    for await (const event of events) {
      if (event.type !== 'conversation') continue
      const { id, domain, model, tokens } = event.data as { id: string; domain: string; model: string; tokens: number }
      const [row] = await select<Record<string, unknown>>(
        `SELECT domain, model, input_tokens, response_time_ms, response_body IS NOT NULL
                OR EXISTS (SELECT FROM streaming_chunks c WHERE c.request_id = r.request_id) AS answered
         FROM requests r WHERE request_id = $1`,
        [id],
      )
      expect(row).toMatchObject({ domain, model })
      if (!seen.has(id)) {
        // An answer to a row that was announced before we came.
        if (tokens !== null) continue
      } else {
        expect(row!['answered']).toBe(true)
        expect(row!['response_time_ms']).toBeGreaterThan(0)
        break
      }
      seen.add(id)
    }
    expect(seen.size).toBeGreaterThan(0)
  })
})

describe('opening again', () => {
  test('leaves no server behind when it closes, and closes twice without harm', async () => {
    const pidFile = join(directory, 'data', 'postmaster.pid')
    const pid = Number((await readFile(pidFile, 'utf8')).split('\n')[0])
    expect(isAlive(pid)).toBe(true)
    await close()
    await sample.close()
    expect(existsSync(pidFile)).toBe(false)
    expect(isAlive(pid)).toBe(false)
    await expect(fetch(`${sample.dashboardUrl}/sse`)).rejects.toThrow('fetch failed')
    await open()
  })

  test('keeps what was there and fills the gap since, with the same requests as ever', async () => {
    const startMs = Date.now()
    await sample.loaded
    const hoursAgo = (hours: number) => new Date(startMs - hours * 3_600_000)
    const ids = async (from: Date, to: Date) =>
      (
        await select<{ id: string }>(
          'SELECT request_id AS id FROM requests WHERE timestamp BETWEEN $1 AND $2 ORDER BY 1',
          [from, to],
        )
      ).map(({ id }) => id)
    const kept = await ids(hoursAgo(800), hoursAgo(80))
    const before = await ids(hoursAgo(70), hoursAgo(30))
    for (const table of ['requests', 'streaming_chunks']) {
      await owner.query(`DELETE FROM ${table} WHERE timestamp > now() - interval '75 hours'`)
    }
    await close()
    await open()
    const [recent] = await select<{ rows: number }>(
      "SELECT count(*)::int AS rows FROM requests WHERE timestamp > now() - interval '24 hours'",
    )
    expect(recent!.rows).toBeGreaterThan(200)
    await sample.loaded
    expect(await ids(hoursAgo(800), hoursAgo(80))).toEqual(kept)
    expect(before.length).toBeGreaterThan(300)
    expect(await ids(hoursAgo(70), hoursAgo(30))).toEqual(before)
  })

  test('gives up when it is told to, and leaves nothing running', async () => {
    const other = await mkdtemp(join(tmpdir(), 'nexus-test-sample-abort-'))
    const controller = new AbortController()
    const opening = openSample({ directory: other, log, signal: controller.signal })
    controller.abort()
    await expect(opening).rejects.toMatchObject({ code: 'query-cancelled' })
    expect(existsSync(join(other, 'data', 'postmaster.pid'))).toBe(false)
    await rm(other, { recursive: true, force: true })
  })

  test('has warned of nothing', () => {
    expect(warnings).toEqual([])
  })
})

async function* followEvents({ dashboardUrl, apiKey }: Sample) {
  const response = await fetch(`${dashboardUrl}/sse`, { headers: { 'X-Dashboard-Key': apiKey } })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const events: { type: string; data?: unknown; connectionId?: string }[] = []
  const parser = createParser({ onEvent: ({ data }) => void events.push(JSON.parse(data)) })
  const decoder = new TextDecoder()
  for await (const bytes of response.body!) {
    parser.feed(decoder.decode(bytes, { stream: true }))
    yield* events.splice(0)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
