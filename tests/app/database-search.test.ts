import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabaseSearch } from '../../src-main/app/database-search'
import type { Workspaces } from '../../src-main/app/workspaces'
import type { DatabaseSearchEvent, DatabaseSearchInput } from '../../src-main/contract/database-search'
import { asFailure } from '../../src-main/core/failure'
import type { Source } from '../../src-main/core/ports'
import { readQuery } from '../../src-main/core/search/parse-query'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { briefTable } from '../fakes/brief-table'
import { eventually } from '../fakes/eventually'
import { silentLog } from '../fakes/silent-log'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { isComplete, startSync, stateOf, temporaryFolder, type Running } from '../replica/replica-fixture'

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let url: string
let running: Running
let source: Source
let phase: string
let search: ReturnType<typeof createDatabaseSearch>

const count = 160
const to = new Date(Date.now() + 60_000).toISOString()
const from = new Date(Date.now() - 86_400_000).toISOString()
const span = { fromMs: Date.parse(from), toMs: Date.parse(to) }

/** Texts by the number of their row, 1 is the newest; the others are of the same plain words. */
const requests: Record<number, string> = {
  3: 'The zeppelin is late',
  12: 'Un CAFÉ au lait, s’il vous plaît',
  20: 'A cafe\u0301 in pieces',
  31: 'the o\ufb03cial answer',
  44: 'Große Straße',
  57: '東京タワーへ行く',
  70: 'sale of 100% cotton',
  71: 'sale of 100 cotton',
  84: 'a_b_c',
  85: 'axbxc',
  96: `Robert'); DROP TABLE requests; --`,
  110: 'rolled\n\n   back twice',
  111: 'back that rolled',
  150: 'another zeppelin, far back',
}
const events = (text: string): unknown => [
  { type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', content: [], usage: {} } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ...Array.from(text.match(/.{1,3}/g)!, (piece) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: piece },
  })),
  { type: 'message_stop' },
]
const answers: Record<number, unknown> = {
  25: { type: 'message', role: 'assistant', content: [{ type: 'text', text: 'It is a marmalade.' }] },
  140: events('streamed marmalade'),
  // The word is no text of the conversation.
  141: { type: 'message', role: 'assistant', marmalade: 1, content: [{ type: 'text', text: 'jam' }] },
}

async function insert(into: string): Promise<void> {
  const client = new Client(into)
  await client.connect()
  const newest = Date.now() - 1000
  for (let n = 1; n <= count; n++) {
    const body = { messages: [{ role: 'user', content: requests[n] ?? `plain words of number ${n}` }] }
    await client.query(
      `INSERT INTO requests (request_id, timestamp, domain, model, request_body, response_body, request_type)
        VALUES ($1, $2, $3, 'claude-haiku-4-5-20251001', $4, $5, 'inference')`,
      [
        idOf(n),
        new Date(newest - n * 60_000),
        n % 2 ? 'acme.com' : 'globex.io',
        JSON.stringify(body),
        JSON.stringify(answers[n] ?? { type: 'message', content: [] }),
      ],
    )
  }
  await client.query('ANALYZE requests')
  await client.end()
}

const idOf = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const numberOf = (id: string): number => Number(id.slice(-12))

beforeAll(async () => {
  postgres = await startTestPostgres()
  url = await postgres.createDatabase('search', briefTable)
  await insert(url)
  folder = await temporaryFolder()
  // Nothing but figures is here: no text was opened yet.
  const change = (made: Source): Source => ({ ...made, readBodies: () => Promise.reject(new Error('not now')) })
  running = await startSync(folder.path, url, { change })
  await stateOf(running.sync, isComplete)
  await running.sync.close()
})
afterAll(async () => {
  await running?.close()
  await postgres?.stop()
  await folder?.remove()
})
beforeEach(() => {
  source = createPostgresSource({ databaseUrl: url, log: silentLog })
  phase = 'following'
  search = searching(() => source)
})
afterEach(() => source.close())

function searching(used: () => Source) {
  const workspace = () => ({ replica: running.replica, source: used(), sync: { state: () => ({ phase }) } })
  return createDatabaseSearch({
    workspaces: { open: workspace } as unknown as Workspaces,
    timeZone: () => 'UTC',
    now: Date.now,
  })
}

async function run(input: Partial<DatabaseSearchInput>): Promise<DatabaseSearchEvent[]> {
  const heard: DatabaseSearchEvent[] = []
  const asked = { from, to, timeLimitSeconds: 60, ...input }
  for await (const event of await search.inDatabase(asked, { signal: undefined })) heard.push(event)
  return heard
}

/** What the list has for a query, by number. */
async function listed(q: string): Promise<number[]> {
  const query = readQuery(q) ?? undefined
  const { items } = await running.replica.list({ ...span, query, errorsOnly: false, limit: 500, cursor: undefined })
  return items.map(({ id }) => numberOf(id))
}

async function found(q: string): Promise<number[]> {
  const last = (await run({ q })).at(-1)
  expect(last).toMatchObject({ type: 'done', isLate: false, searched: last?.of })
  return listed(q)
}

describe('looking in the database for words', () => {
  test('finds what no text here could tell, and the list, its count and its order have it from then on', async () => {
    expect(await listed('zeppelin')).toEqual([])
    const heard = await run({ q: 'zeppelin' })
    expect(heard[0]).toMatchObject({ type: 'progress', searched: 0, of: count, reachedAt: null })
    expect(heard.at(-1)).toMatchObject({
      type: 'done',
      isLate: false,
      searched: count,
      of: count,
      added: 2,
      removed: 0,
    })
    expect(await listed('zeppelin')).toEqual([3, 150])
    expect(await listed('zeppelin domain:acme.com')).toEqual([3])
    const counted = await running.replica.countRows({
      window: { ...span, query: readQuery('zeppelin')! },
      errorsOnly: false,
      ids: undefined,
    })
    expect(counted).toBe(2)
  })

  test('goes from the newest to the oldest, and says how far it is', async () => {
    const heard = await run({ q: 'nothinglikethis' })
    const moments = heard.flatMap(({ reachedAt }) => reachedAt ?? [])
    expect(moments.length).toBeGreaterThan(2)
    expect(moments).toEqual(moments.toSorted().toReversed())
    expect(heard.map(({ searched }) => searched)).toEqual(
      heard.map(({ searched }) => searched).toSorted((a, b) => a - b),
    )
    expect(await listed('nothinglikethis')).toEqual([])
  })

  test.each([
    ['cafe', [12, 20]],
    ['Café', [12, 20]],
    ['official', [31]],
    ['offic*', [31]],
    ['strasse', [44]],
    ['straße', [44]],
    ['東京', [57]],
    ['"rolled back"', [110]],
    ['"100% cotton"', [70, 71]],
    ['a_b_c', [84]],
    ['marmalade', [25, 140]],
    ['robert', [96]],
  ])('%s means the same words as in kept texts', async (q, numbers) => {
    expect(await found(q)).toEqual(numbers)
  })

  test.each([`"'); DROP TABLE requests; --"`, `"\\\\' OR 1=1"`, '"[a-z](?:x)* \\\\1"', '"$1 $2"', '"%"', '"a%z"'])(
    'takes %s for words and nothing more',
    async (q) => {
      const problem = await run({ q }).then(
        () => null,
        (error: unknown) => asFailure(error).code,
      )
      expect([null, 'invalid-input']).toContain(problem)
      const [rows] = await runSql(url, 'SELECT count(*)::int AS rows FROM requests')
      expect(rows).toEqual({ rows: count })
    },
  )

  test('a word that is left out takes away what has it, and the words of a choice add to it', async () => {
    const before = (await listed('-lait')).length
    expect((await run({ q: '-lait' })).at(-1)).toMatchObject({ added: 0, removed: 1 })
    expect(await listed('-lait')).toHaveLength(before - 1)
    expect(await found('cotton or (sale -cotton)')).toEqual([70, 71])
  })

  test('asks only for requests for which words decide', async () => {
    const heard = await run({ q: 'sale domain:globex.io' })
    expect(heard.at(-1)).toMatchObject({ of: count / 2 })
    expect(await search.databaseCost({ from, to, q: 'sale (domain:acme.com or domain:nobody)' }, none)).toMatchObject({
      requests: count / 2,
    })
    await expect(run({ q: 'domain:acme.com' })).rejects.toMatchObject({ code: 'invalid-input' })
  })

  test('requests whose text is kept here are not asked for', async () => {
    await running.replica.keepBodies(idOf(5), { request: '{"messages":[]}', response: null })
    const asked = async () => (await search.databaseCost({ from, to, q: 'anything' }, none)).requests
    await eventually(async () => expect(await asked()).toBe(count - 1))
    await running.replica.bodies.clear()
    await eventually(async () => expect(await asked()).toBe(count))
  })

  test('stands in the list of what was asked, without the words', async () => {
    await run({ q: 'verysecretword' })
    const asked = source.asked()
    const statement = asked.statements.find(({ purpose }) => purpose.startsWith('Search for words'))
    expect(statement?.statement).toContain('~ $1')
    expect(statement!.times).toBeGreaterThan(1)
    expect(JSON.stringify(asked)).not.toContain('verysecretword')
    expect(asked.open).toBeLessThanOrEqual(4)
  })
})

const none = { signal: undefined }

describe('what a search would cost', () => {
  test('is told from the size of the table, without reading it', async () => {
    const cost = await search.databaseCost({ from, to, q: 'zeppelin' }, none)
    expect(cost).toMatchObject({ requests: count, textIndex: null })
    const [size] = await runSql(url, `SELECT pg_table_size('requests')::float8 AS bytes`)
    expect(cost.bytes).toBeCloseTo(size!.bytes as number, -1)
  })

  test('names the index over the texts that would be used, and uses it', async () => {
    const indexed = await postgres.createDatabase(
      'indexed',
      `CREATE EXTENSION pg_trgm; ${briefTable}
      CREATE INDEX texts ON requests USING gin ((request_body::text) gin_trgm_ops, (response_body::text) gin_trgm_ops)`,
    )
    await insert(indexed)
    // So few rows are found quicker in any other way.
    await runSql(indexed, 'ALTER DATABASE indexed SET enable_seqscan = off')
    await runSql(indexed, 'DROP INDEX idx_requests_timestamp, idx_requests_domain_timestamp')
    const other = createPostgresSource({ databaseUrl: indexed, log: silentLog })
    try {
      search = searching(() => other)
      expect(await search.databaseCost({ from, to, q: 'lait' }, none)).toMatchObject({ textIndex: 'texts' })
      expect((await run({ q: 'twice' })).at(-1)).toMatchObject({ searched: count, added: 1 })
      expect(await listed('twice')).toEqual([110])
      const statement = other.asked().statements.find(({ purpose }) => purpose.startsWith('Search for words'))
      expect(statement?.statement).toContain('ILIKE $1')
    } finally {
      await other.close()
    }
  })
})

describe('a search that does not come to its end', () => {
  /** From the second slice on another session keeps everybody from the table. */
  function locking() {
    const client = new Client(url)
    let slices = 0
    const findTexts: Source['findTexts'] = async (asked, limits) => {
      if (++slices === 2) {
        await client.connect()
        await client.query('BEGIN; LOCK TABLE requests IN ACCESS EXCLUSIVE MODE')
      }
      return source.findTexts(asked, limits)
    }
    search = searching(() => ({ ...source, findTexts }))
    return { unlock: () => client.end() }
  }

  const waitingSql = `SELECT pid FROM pg_stat_activity WHERE application_name = 'nexus-desktop' AND wait_event_type = 'Lock'`

  test('stops at once when nobody listens, at the server too, and keeps what was found', async () => {
    const { unlock } = locking()
    const stop = new AbortController()
    const heard: DatabaseSearchEvent[] = []
    const input = { from, to, q: 'late', timeLimitSeconds: 600 }
    const reading = (async () => {
      for await (const event of await search.inDatabase(input, { signal: stop.signal })) {
        heard.push(event)
      }
    })().catch((error: unknown) => asFailure(error).code)
    await eventually(async () => expect(await runSql(url, waitingSql)).toHaveLength(1))
    // One at a time.
    await expect(run({ q: 'late' })).rejects.toMatchObject({ code: 'search-running' })
    stop.abort()
    await reading
    await eventually(async () => expect(await runSql(url, waitingSql)).toHaveLength(0))
    await unlock()
    expect(heard.at(-1)).toMatchObject({ type: 'progress', added: 1 })
    expect(await listed('late')).toEqual([3])
    // And the next one may begin.
    expect((await run({ q: 'twice' })).at(-1)).toMatchObject({ isLate: false })
  })

  test('ends in time, says how far it came, and goes on from there', async () => {
    const { unlock } = locking()
    const heard = await run({ q: 'another', timeLimitSeconds: 2 })
    await unlock()
    const last = heard.at(-1)!
    expect(last).toMatchObject({ type: 'done', isLate: true, added: 0 })
    expect(last.searched).toBeLessThan(count)
    expect(await listed('another')).toEqual([])
    search = searching(() => source)
    const rest = await run({ q: 'another', continueAt: last.reachedAt! })
    expect(rest[0]!.of).toBeLessThanOrEqual(count - last.searched + 1)
    expect(rest.at(-1)).toMatchObject({ isLate: false, added: 1 })
    expect(await listed('another')).toEqual([150])
  })

  test('a paused source is left alone, and one that is away says so', async () => {
    phase = 'paused'
    await expect(search.databaseCost({ from, to, q: 'zeppelin' }, none)).rejects.toMatchObject({
      code: 'source-paused',
    })
    await expect(run({ q: 'zeppelin' })).rejects.toMatchObject({ code: 'source-paused' })
    phase = 'following'
    const away = createPostgresSource({ databaseUrl: 'postgresql://u:p@127.0.0.1:1/none', log: silentLog })
    search = searching(() => away)
    await expect(search.databaseCost({ from, to, q: 'zeppelin' }, none)).rejects.toMatchObject({
      code: 'database-port-refused',
    })
    await expect(run({ q: 'zeppelin' })).rejects.toMatchObject({ code: 'database-port-refused' })
    await away.close()
  })
})
