import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RequestBatch, Source } from '../../src-main/core/ports'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { briefTable, log, toRows } from './fixtures'

let server: TestPostgres
const sources: Source[] = []

beforeAll(async () => {
  server = await startTestPostgres()
})
afterAll(async () => {
  await Promise.all(sources.map((source) => source.close()))
  await server.stop()
})

function open(databaseUrl: string): Source {
  const source = createPostgresSource({ databaseUrl, log })
  sources.push(source)
  return source
}

const everything = { fromUs: 0, toUs: Date.UTC(2100, 0, 1) * 1000 }
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

async function readAll(source: Source, range = everything) {
  const rows = []
  for await (const batch of source.readRange(range)) rows.push(...toRows(batch))
  return rows
}

describe('the table of the brief', () => {
  let source: Source
  let url: string
  beforeAll(async () => {
    url = await server.createDatabase(
      'brief',
      `${briefTable}
      INSERT INTO requests VALUES
        ('${id(1)}', '2026-11-01 10:00:00.123456+00', 'acme.com', 'claude-sonnet-5', 10, 20,
          '{"messages":[{"role":"user","content":"Good morning"}]}',
          '{"type":"message","role":"assistant","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn",
            "usage":{"input_tokens":10,"output_tokens":20,"cache_read_input_tokens":5,"service_tier":"standard"}}',
          1234, true, 'inference'),
        ('${id(2)}', '2026-11-01 10:00:01+00', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ('${id(3)}', '2026-11-01 10:00:02+00', '', 'Ünïcode 漢字 😀', 0, 2147483647, '"text"', 'null', 0, false, 'x');`,
    )
    source = open(url)
  })

  test('rows come in order of time, with every null, empty text and number as it is', async () => {
    expect(await readAll(source)).toEqual([
      {
        id: id(1),
        timestampUs: Date.UTC(2026, 10, 1, 10) * 1000 + 123456,
        domain: 'acme.com',
        model: 'claude-sonnet-5',
        requestType: 'inference',
        inputTokens: 10,
        outputTokens: 20,
        responseTimeMs: 1234,
        stream: true,
        answered: true,
        failed: null,
      },
      {
        id: id(2),
        timestampUs: Date.UTC(2026, 10, 1, 10, 0, 1) * 1000,
        domain: null,
        model: null,
        requestType: null,
        inputTokens: null,
        outputTokens: null,
        responseTimeMs: null,
        stream: null,
        answered: false,
        failed: null,
      },
      {
        id: id(3),
        timestampUs: Date.UTC(2026, 10, 1, 10, 0, 2) * 1000,
        domain: '',
        model: 'Ünïcode 漢字 😀',
        requestType: 'x',
        inputTokens: 0,
        outputTokens: 2147483647,
        responseTimeMs: 0,
        stream: false,
        answered: false,
        failed: null,
      },
    ])
  })

  test('a range is half open to the microsecond', async () => {
    const first = Date.UTC(2026, 10, 1, 10) * 1000 + 123456
    expect(await readAll(source, { fromUs: first, toUs: first + 1 })).toHaveLength(1)
    expect(await readAll(source, { fromUs: first + 1, toUs: first + 2 })).toEqual([])
    expect(await readAll(source, { fromUs: first - 1, toUs: first })).toEqual([])
  })

  test('rows by id leave out what is not there and what is no id', async () => {
    const rows = toRows(await source.readRows([id(3), id(99), id(1).toUpperCase(), "'; DROP TABLE requests; --"]))
    expect(rows.map((row) => row.id).toSorted()).toEqual([id(1), id(3)])
    expect(toRows(await source.readRows([]))).toEqual([])
    expect(toRows(await source.readRows([id(99)]))).toEqual([])
  })

  test('the facts say what the table and the role are', async () => {
    expect(await source.inspect()).toMatchObject({
      table: 'public.requests',
      roleCanWrite: true,
      hasTimestampIndex: true,
      missingColumns: [],
      oldestMs: Date.UTC(2026, 10, 1, 10) + 123.456,
      newestMs: Date.UTC(2026, 10, 1, 10, 0, 2),
      serverVersion: expect.stringMatching(/^\d+/),
    })
    expect(Math.abs((await source.clockMs()) - Date.now())).toBeLessThan(60_000)
  })

  test('sessions are read-only, with a time limit and a name', async () => {
    await source.clockMs()
    const sessions = await runSql(
      url,
      `SELECT application_name FROM pg_stat_activity WHERE datname = 'brief' AND application_name = 'nexus-desktop'`,
    )
    expect(sessions).toEqual([{ application_name: 'nexus-desktop' }])
  })

  test('usage is read from the answer, and rows without an answer are left out', async () => {
    expect(await source.readUsage([id(1), id(2), id(3), id(99)])).toEqual([
      expect.objectContaining({
        id: id(1),
        inputTokens: 10,
        outputTokens: 20,
        cacheReadTokens: 5,
        serviceTier: 'standard',
        stopReason: 'end_turn',
        isError: false,
      }),
    ])
  })

  test('previews are the last words of the user', async () => {
    expect(await source.readPreviews([id(1), id(2), id(3), id(99)])).toEqual(
      new Map([
        [id(1), 'Good morning'],
        [id(2), ''],
        [id(3), ''],
      ]),
    )
  })

  test('bodies are the stored JSON texts', async () => {
    const bodies = await source.readBodies(id(1))
    expect(JSON.parse(bodies!.request!)).toEqual({ messages: [{ role: 'user', content: 'Good morning' }] })
    expect(JSON.parse(bodies!.response!)).toMatchObject({ type: 'message' })
    expect(await source.readBodies(id(2))).toEqual({ request: null, response: null })
    expect(await source.readBodies(id(99))).toBeNull()
    expect(await source.readBodies('no id')).toBeNull()
  })
})
