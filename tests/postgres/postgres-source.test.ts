import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Source } from '../../src-main/core/ports'
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

describe('the layouts in the field', () => {
  test('the extended requests table says by its status and error what failed and what is answered', async () => {
    const url = await server.createDatabase(
      'extended',
      `${briefTable}
      ALTER TABLE requests ADD path text, ADD response_status int, ADD error text, ADD tool_call_count int;
      INSERT INTO requests (request_id, timestamp, response_status, error, response_body) VALUES
        ('${id(1)}', '2026-11-01', 200, NULL, '{"type":"message"}'),
        ('${id(2)}', '2026-11-02', 529, NULL, NULL),
        ('${id(3)}', '2026-11-03', NULL, 'socket hang up', NULL),
        ('${id(4)}', '2026-11-04', NULL, '', NULL)`,
    )
    const source = open(url)
    expect((await readAll(source)).map(({ answered, failed }) => ({ answered, failed }))).toEqual([
      { answered: true, failed: false },
      { answered: true, failed: true },
      { answered: true, failed: true },
      { answered: false, failed: false },
    ])
    const usages = await source.readUsage([1, 2, 3, 4].map(id))
    expect(usages.map((usage) => [usage.id, usage.isError]).toSorted()).toEqual([
      [id(1), false],
      [id(2), true],
      [id(3), true],
    ])
  })

  test('the older api_requests table has its own column names', async () => {
    const url = await server.createDatabase(
      'api_old',
      `CREATE TABLE api_requests (request_id uuid PRIMARY KEY, domain text, timestamp timestamptz, body jsonb,
        model text, request_type text, response_status int, response_body jsonb, response_streaming boolean,
        input_tokens int, output_tokens int, duration_ms int);
      INSERT INTO api_requests VALUES ('${id(1)}', 'acme.com', '2026-11-01', '{"messages":[{"role":"user","content":"Hello"}]}',
        'claude-haiku-4-5', 'inference', 200, '{"content":"text only"}', true, 1, 2, 345)`,
    )
    const source = open(url)
    expect(await readAll(source)).toMatchObject([
      {
        domain: 'acme.com',
        stream: true,
        responseTimeMs: 345,
        requestType: 'inference',
        answered: true,
        failed: false,
      },
    ])
    expect(await source.inspect()).toMatchObject({
      table: 'public.api_requests',
      hasTimestampIndex: false,
      missingColumns: [],
    })
    expect(await source.readPreviews([id(1)])).toEqual(new Map([[id(1), 'Hello']]))
    expect(JSON.parse((await source.readBodies(id(1)))!.response!)).toEqual({ content: 'text only' })
  })

  test('what the source says of where a request belongs comes with its bodies', async () => {
    const url = await server.createDatabase(
      'api_linked',
      `CREATE TABLE api_requests (request_id uuid PRIMARY KEY, project_id text, timestamp timestamptz, body jsonb,
        model text, response_body jsonb, conversation_id uuid, branch_id varchar(255), session_id text,
        parent_request_id uuid, parent_task_request_id uuid, is_subtask boolean);
      INSERT INTO api_requests SELECT i::uuid, 'team', '2026-11-01', '{}', 'm', 'null', c::uuid, b, s, p::uuid, t::uuid, k
        FROM (VALUES ('${id(1)}', '${id(7)}', 'main', 'abc', NULL, NULL, false),
          ('${id(2)}', '${id(7)}', 'main', '', '${id(1)}', NULL, false),
          ('${id(3)}', '${id(7)}', 'subtask_1', NULL, NULL, '${id(2)}', true),
          ('${id(4)}', NULL, NULL, NULL, NULL, NULL, NULL)) v (i, c, b, s, p, t, k)`,
    )
    const source = open(url)
    const places = await Promise.all([1, 2, 3, 4].map(async (n) => (await source.readBodies(id(n)))?.place))
    const common = { conversationId: id(7), branchId: 'main', sessionId: null, parentId: null, isSubtask: false }
    expect(places).toEqual([
      { ...common, sessionId: 'abc' },
      { ...common, parentId: id(1) },
      { ...common, branchId: 'subtask_1', parentId: id(2), isSubtask: true },
      undefined,
    ])
  })

  test('the newer api_requests table gives the cache figures that its answer lacks', async () => {
    const url = await server.createDatabase(
      'api_new',
      `CREATE TABLE api_requests (request_id uuid PRIMARY KEY, project_id text, timestamp timestamptz, body jsonb,
        model text, response_body jsonb, response_status int, usage_data jsonb,
        cache_creation_input_tokens int, cache_read_input_tokens int, input_tokens int, output_tokens int);
      INSERT INTO api_requests VALUES
        ('${id(1)}', 'team', '2026-11-01', NULL, 'm', '{"type":"message","content":[]}', 200, NULL, 300, 700, 1, 2),
        ('${id(2)}', 'team', '2026-11-01', NULL, 'm', '{"type":"message","content":[]}', 200,
          '{"input_tokens":1,"cache_read_input_tokens":9,"cache_creation":{"ephemeral_1h_input_tokens":8}}', 8, 9, 1, 2),
        ('${id(3)}', 'team', '2026-11-01', NULL, 'm', NULL, 200, NULL, 5, NULL, 1, 2)`,
    )
    const source = open(url)
    expect((await readAll(source)).map(({ domain }) => domain)).toEqual(['team', 'team', 'team'])
    const usages = new Map((await source.readUsage([1, 2, 3].map(id))).map((usage) => [usage.id, usage]))
    expect(usages.get(id(1))).toMatchObject({
      cacheReadTokens: 700,
      cacheWrite5mTokens: 300,
      cacheWrite1hTokens: 0,
      cacheWriteSplitUnknown: true,
    })
    expect(usages.get(id(2))).toMatchObject({
      cacheReadTokens: 9,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 8,
      cacheWriteSplitUnknown: false,
    })
    expect(usages.get(id(3))).toMatchObject({ cacheReadTokens: null, cacheWrite5mTokens: 5, stopReason: null })
  })

  test('a table with nothing but id and time is read, and says what it lacks', async () => {
    const url = await server.createDatabase(
      'bare',
      `CREATE TABLE requests (request_id uuid, timestamp timestamptz);
      INSERT INTO requests VALUES ('${id(1)}', '2026-11-01Z'), ('${id(1)}', '2026-11-02Z'), (NULL, '2026-11-03Z')`,
    )
    const source = open(url)
    expect(await readAll(source)).toHaveLength(2)
    expect(toRows(await source.readRows([id(1)]))).toMatchObject([
      { timestampUs: Date.UTC(2026, 10, 2) * 1000, answered: true },
    ])
    expect((await source.inspect()).missingColumns).toEqual([
      'domain',
      'model',
      'requestType',
      'inputTokens',
      'outputTokens',
      'responseTimeMs',
      'stream',
      'requestBody',
      'responseBody',
    ])
    expect(await source.readPreviews([id(1)])).toEqual(new Map([[id(1), '']]))
    expect(await source.readBodies(id(1))).toEqual({ request: null, response: null })
    expect(await source.readUsage([id(2)])).toEqual([])
  })

  test('columns of other types are taken for what they hold', async () => {
    const url = await server.createDatabase(
      'types',
      `CREATE DOMAIN token_count AS bigint;
      CREATE TABLE requests (request_id varchar(36), timestamp timestamp, domain "char"[], model name, input_tokens token_count,
        output_tokens numeric, response_time_ms double precision, stream int, request_body text, response_body json);
      INSERT INTO requests VALUES
        ('${id(1).toUpperCase()}', '2026-11-01 12:00', NULL, 'claude', 99999999999, 'NaN', 12.6, 1,
          '{"messages":[{"role":"user","content":"as text"}]}', '{"type":"message","content":[],"usage":{"input_tokens":7}}'),
        ('${id(2)}', '2026-11-01 12:01', NULL, NULL, NULL, 4.5, NULL, 0, 'no JSON at all', NULL)`,
    )
    await runSql(url, `ALTER DATABASE types SET timezone = 'Asia/Tokyo'`)
    const source = open(url)
    expect(await readAll(source)).toMatchObject([
      {
        id: id(1),
        timestampUs: Date.UTC(2026, 10, 1, 12) * 1000,
        inputTokens: 2147483647,
        outputTokens: null,
        responseTimeMs: 13,
        stream: true,
        model: 'claude',
        answered: true,
      },
      { id: id(2), inputTokens: null, outputTokens: 5, responseTimeMs: null, stream: false, answered: false },
    ])
    expect(await source.inspect()).toMatchObject({ newestMs: Date.UTC(2026, 10, 1, 12, 1) })
    expect(toRows(await source.readRows([id(1), id(2)]))).toHaveLength(2)
    expect(await source.readUsage([id(1), id(2)])).toMatchObject([{ id: id(1), inputTokens: 7 }])
    expect(await source.readPreviews([id(1), id(2)])).toEqual(
      new Map([
        [id(1), 'as text'],
        [id(2), ''],
      ]),
    )
    expect((await source.readBodies(id(2)))?.request).toBe('no JSON at all')
  })

  test('a table in any schema is found; of two, the one with the newest row is read', async () => {
    const make = (name: string) => `CREATE TABLE ${name} (request_id uuid PRIMARY KEY, timestamp timestamptz);`
    const url = await server.createDatabase('schemas', `CREATE SCHEMA "Proxy data"; ${make('"Proxy data".requests')}`)
    expect((await open(url).inspect()).table).toBe('Proxy data.requests')
    await runSql(
      url,
      `${make('public.requests')} ${make('public.api_requests')}
      INSERT INTO "Proxy data".requests VALUES ('${id(1)}', '2026-11-02');
      INSERT INTO api_requests VALUES ('${id(2)}', '2026-11-03')`,
    )
    expect((await open(url).inspect()).table).toBe('public.api_requests')
    await runSql(url, `DELETE FROM "Proxy data".requests; DELETE FROM api_requests`)
    expect((await open(url).inspect()).table).toBe('public.requests')
  })

  test('columns that the role may not read count as missing', async () => {
    const url = await server.createDatabase(
      'columns',
      `${briefTable}
      CREATE ROLE metadata_only LOGIN PASSWORD 'm';
      GRANT SELECT (request_id, timestamp, domain, model, input_tokens) ON requests TO metadata_only;
      INSERT INTO requests (request_id, timestamp, domain, request_body) VALUES ('${id(1)}', '2026-11-01', 'a', '{}')`,
    )
    const restricted = new URL(url)
    restricted.username = 'metadata_only'
    restricted.password = 'm'
    const source = open(restricted.href)
    expect(await readAll(source)).toMatchObject([{ domain: 'a', outputTokens: null }])
    expect(await source.inspect()).toMatchObject({
      roleCanWrite: false,
      missingColumns: ['requestType', 'outputTokens', 'responseTimeMs', 'stream', 'requestBody', 'responseBody'],
    })
  })

  test('a partitioned table, and a view, are tables too', async () => {
    const url = await server.createDatabase(
      'partitioned',
      `CREATE TABLE requests (request_id uuid, timestamp timestamptz) PARTITION BY RANGE (timestamp);
      CREATE TABLE october PARTITION OF requests FOR VALUES FROM ('2026-10-01') TO ('2026-11-01');
      CREATE TABLE november PARTITION OF requests FOR VALUES FROM ('2026-11-01') TO ('2026-12-01');
      CREATE INDEX ON requests (timestamp);
      INSERT INTO requests SELECT gen_random_uuid(), '2026-10-20'::timestamptz + n * interval '1 hour' FROM generate_series(1, 500) n;
      ANALYZE october; ANALYZE november;`,
    )
    const source = open(url)
    expect(await readAll(source)).toHaveLength(500)
    expect(await source.inspect()).toMatchObject({ estimatedRows: 500, hasTimestampIndex: true })

    const viewed = await server.createDatabase(
      'viewed',
      `CREATE SCHEMA hidden; CREATE TABLE hidden.calls (id uuid, at timestamptz);
      INSERT INTO hidden.calls VALUES ('${id(1)}', '2026-11-01');
      CREATE VIEW requests AS SELECT id AS request_id, at AS timestamp FROM hidden.calls`,
    )
    expect(await readAll(open(viewed))).toHaveLength(1)
  })

  test('a table that changes while the app runs is looked for again', async () => {
    const url = await server.createDatabase('changing', briefTable)
    const source = open(url)
    expect(await readAll(source)).toEqual([])
    await runSql(url, 'ALTER TABLE requests RENAME model TO model_name')
    await expect(readAll(source)).rejects.toMatchObject({ code: 'table-not-understood' })
    expect(await readAll(source)).toEqual([])
    await runSql(url, 'DROP TABLE requests')
    await expect(readAll(source)).rejects.toMatchObject({ code: 'table-not-found' })
    await runSql(url, briefTable)
    expect(await readAll(source)).toEqual([])
  })

  test('rows at infinity are not in any range and do not spoil the bounds', async () => {
    const url = await server.createDatabase(
      'infinite',
      `${briefTable} INSERT INTO requests (request_id, timestamp) VALUES ('${id(1)}', 'infinity'), ('${id(2)}', '2026-11-01Z')`,
    )
    const source = open(url)
    expect(await readAll(source, { fromUs: -Infinity, toUs: Infinity })).toMatchObject([{ id: id(2) }])
    expect(await source.inspect()).toMatchObject({ newestMs: Date.UTC(2026, 10, 1) })
  })
})
