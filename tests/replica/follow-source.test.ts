import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Failure } from '../../src-main/core/failure'
import type { Source } from '../../src-main/core/ports'
import { briefTable } from '../fakes/brief-table'
import { eventually } from '../fakes/eventually'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { fillWithRequests } from './million-requests'
import {
  allRows,
  dayMs,
  hourMs,
  isComplete,
  isWhole,
  startSync,
  stateOf,
  temporaryFolder,
  type Running,
} from './replica-fixture'

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let url: string
let databases = 0
const open: Running[] = []

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => {
  for (const running of open.splice(0)) await running.close()
  await folder.remove()
})

async function database(rows = 0): Promise<void> {
  url = await postgres.createDatabase(`follow_${++databases}`, rows === 0 ? briefTable : undefined)
  if (rows > 0) await fillWithRequests(url, rows)
}

async function follow(options: Parameters<typeof startSync>[2] = {}): Promise<Running> {
  const running = await startSync(folder.path, url, options)
  open.push(running)
  return running
}

const day = () => ({ fromMs: Date.now() - dayMs, toMs: Date.now() + dayMs })
function overviewOfDay({ replica }: Running) {
  const window = day()
  return replica.overview(window, window, [window.fromMs])
}
const usage = { input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 77, cache_creation_input_tokens: 5 }
const answered = JSON.stringify({ type: 'message', content: [], stop_reason: 'end_turn', usage })

async function insert({
  ago = '0 seconds',
  domain = 'new.example.com',
  response = answered as string | null,
} = {}): Promise<string> {
  const [row] = await runSql(
    url,
    `INSERT INTO requests VALUES (gen_random_uuid(), now() - $1::interval, $2, 'claude-opus-4-5-20251101', 10, 20,
      '{"messages":[{"role":"user","content":"Hello  there"}]}', $3, 100, true, 'inference') RETURNING request_id AS id`,
    [ago, domain, response],
  )
  return row!.id as string
}

describe('the first sync', () => {
  test('brings the newest day before anything older, and then everything', async () => {
    await database(8000)
    const reads: { fromUs: number; toUs: number }[] = []
    const running = await follow({
      change: (source) => ({
        ...source,
        readRange(range, signal) {
          reads.push(range)
          return source.readRange(range, signal)
        },
      }),
    })
    const first = await stateOf(running.sync, (state) => state.asOf !== null)
    expect(Date.parse(first.asOf!) - Date.parse(first.syncedFrom!)).toBeGreaterThanOrEqual(dayMs)
    const done = await stateOf(running.sync, isWhole)
    expect(reads[0]!.fromUs).toBeGreaterThan((Date.now() - 26 * hourMs) * 1000)
    const older = reads.filter((range) => range.toUs < reads[0]!.fromUs + 1)
    expect(older.map((range) => range.toUs)).toEqual(older.map((range) => range.toUs).toSorted((a, b) => b - a))
    const [counted] = await runSql(url, 'SELECT count(*)::int AS rows FROM requests WHERE timestamp >= $1', [
      done.syncTarget,
    ])
    expect(done.rows).toBe(counted!.rows)
    expect(running.sync.state().failure).toBeNull()
  })

  test('of an empty table is complete at once', async () => {
    await database()
    const { sync, replica } = await follow()
    const state = await stateOf(sync, isComplete)
    expect(state).toMatchObject({ rows: 0, failure: null })
    expect((await replica.overview(day(), day(), [day().fromMs])).current.requests).toBe(0)
  })

  test('of a source younger than the retention is complete where the source begins', async () => {
    await database()
    await insert({ ago: '3 days' })
    await insert({ ago: '2 hours' })
    const { sync } = await follow()
    const state = await stateOf(sync, isComplete)
    expect(state.rows).toBe(2)
    expect(Date.parse(state.syncTarget!)).toBeGreaterThan(Date.now() - 3 * dayMs - 2 * hourMs)
  })

  test('stops at the retention limit', async () => {
    await database(5000)
    const { sync, replica } = await follow({ retentionDays: 10 })
    const state = await stateOf(sync, isComplete)
    const [counted] = await runSql(url, 'SELECT count(*)::int AS rows FROM requests WHERE timestamp >= $1', [
      state.syncTarget,
    ])
    expect(state.rows).toBe(counted!.rows)
    expect(state.rows).toBeLessThan(700)
    expect(await allRows(replica, { fromMs: 0, toMs: Date.now() - 10 * dayMs - 2 * hourMs })).toEqual([])
  })

  test('goes on where it was closed, without reading the newest day again', async () => {
    await database(8000)
    let left = 2
    const first = await follow({
      change: (source) => ({
        ...source,
        readRange(range, signal) {
          if (left-- > 0) return source.readRange(range, signal)
          throw new Failure('database-unreachable')
        },
      }),
    })
    await stateOf(first.sync, (state) => state.failure?.code === 'database-unreachable')
    const before = first.sync.state()
    expect(before.progress).toBeGreaterThan(0)
    expect(before.progress).toBeLessThan(1)
    await open.pop()!.close()
    const asOf = first.replica.asOf()

    const reads: { fromUs: number; toUs: number }[] = []
    const second = await follow({
      change: (source) => ({
        ...source,
        readRange(range, signal) {
          reads.push(range)
          return source.readRange(range, signal)
        },
      }),
    })
    expect(second.replica.asOf()).toBe(asOf)
    const done = await stateOf(second.sync, isWhole)
    const kept = Date.parse(before.syncedFrom!) * 1000
    expect(reads.every(({ fromUs, toUs }) => toUs <= kept || fromUs >= (Date.now() - hourMs) * 1000)).toBe(true)
    const [counted] = await runSql(url, 'SELECT count(*)::int AS rows FROM requests WHERE timestamp >= $1', [
      done.syncTarget,
    ])
    expect(done.rows).toBe(counted!.rows)
  })
})

describe('following', () => {
  let running: Running

  beforeEach(async () => {
    await database(1000)
    running = await follow()
    await stateOf(running.sync, isComplete)
  })

  test('finds a new row, announces it, and reads its usage and its preview', async () => {
    const id = await insert()
    await running.sync.lookNow([id])
    // A look waits a second for answers and no longer.
    const found = await eventually(async () => {
      const [stored] = await running.replica.rows([id])
      expect(stored?.row.preview).toBe('Hello there')
      return stored
    })
    // The news of its usage, which brings no new id, may have come after it.
    expect(running.changes.flatMap((change) => change.newIds)).toEqual([id])
    expect(found!.row).toMatchObject({
      domain: 'new.example.com',
      cacheReadTokens: 77,
      cacheWriteTokens: 5,
      stopReason: 'end_turn',
      error: false,
      answered: true,
      preview: 'Hello there',
    })
    expect(found!.usage).toMatchObject({ inputTokens: 10, outputTokens: 20, cacheReadTokens: 77 })
    // 10 × 5 + 20 × 25 + 77 × 0.50 + 5 × 6.25 dollars per million.
    expect(found!.row.costUsd).toBeCloseTo(619.75e-6, 12)
  })

  test('finds a row that came late, within the overlap and far before it', async () => {
    const recent = await insert({ ago: '90 seconds' })
    await running.sync.lookNow()
    expect((await running.replica.rows([recent])).length).toBe(1)
    const old = await insert({ ago: '5 hours' })
    await running.sync.lookNow([old])
    expect((await running.replica.rows([old])).length).toBe(1)
    const list = await running.replica.list({
      ...day(),
      domain: 'new.example.com',
      errorsOnly: false,
      limit: 10,
      cursor: undefined,
    })
    expect(list.items.map((row) => row.id)).toEqual([recent, old])
    expect(list.total).toBe(2)
  })

  test('takes over a row that changed, and what its answer says', async () => {
    const id = await insert({ response: null })
    await running.sync.lookNow([id])
    expect((await running.replica.rows([id]))[0]).toMatchObject({ row: { answered: false, error: null }, usage: null })
    await runSql(url, 'UPDATE requests SET response_body = $2, output_tokens = 21 WHERE request_id = $1', [
      id,
      answered,
    ])
    await running.sync.lookNow()
    await eventually(async () =>
      expect((await running.replica.rows([id]))[0]).toMatchObject({
        row: { answered: true, outputTokens: 21, cacheReadTokens: 77, preview: 'Hello there' },
      }),
    )
    const { items } = await running.replica.list({
      ...day(),
      domain: 'new.example.com',
      errorsOnly: false,
      limit: 10,
      cursor: undefined,
    })
    expect(items.length).toBe(1)
  })

  test('drops a row that was deleted, from lists and sums', async () => {
    const id = await insert()
    await running.sync.lookNow([id])
    const before = await overviewOfDay(running)
    await runSql(url, 'DELETE FROM requests WHERE request_id = $1', [id])
    await running.sync.lookNow()
    expect(await running.replica.rows([id])).toEqual([])
    const after = await overviewOfDay(running)
    expect(after.current.requests).toBe(before.current.requests - 1)
    expect(after.current.activeDomains).toBe(before.current.activeDomains - 1)
  })

  test('finds the answer, or the end, of a row that left the overlap unanswered', async () => {
    const [ended, deleted] = [
      await insert({ ago: '30 minutes', response: null }),
      await insert({ ago: '40 minutes', response: null }),
    ]
    await running.sync.lookNow([ended, deleted])
    expect((await running.replica.rows([ended, deleted])).length).toBe(2)
    await open.pop()!.close()
    await runSql(url, 'UPDATE requests SET response_body = $2 WHERE request_id = $1', [ended, answered])
    await runSql(url, 'DELETE FROM requests WHERE request_id = $1', [deleted])
    const again = await follow()
    await again.sync.lookNow()
    const rows = await again.replica.rows([ended, deleted])
    expect(rows.map(({ row }) => row)).toMatchObject([{ id: ended, answered: true }])
  })

  test('waits for an announced row that is not visible yet', async () => {
    const id = '7f3c9a52-1111-4222-8333-944455556666'
    await running.sync.lookNow([id])
    expect(await running.replica.rows([id])).toEqual([])
    await runSql(url, `INSERT INTO requests (request_id, timestamp) VALUES ($1, now() - interval '3 hours')`, [id])
    await eventually(async () => expect(await running.replica.rows([id])).toHaveLength(1))
    expect((await running.replica.rows([id]))[0]!.row).toMatchObject({
      id,
      domain: null,
      model: null,
      inputTokens: null,
      totalTokens: 0,
    })
  })

  test('a look that finds nothing new announces nothing, and still moves the moment that all is known for', async () => {
    const asOf = running.replica.asOf()
    // The rows of the tests before are joined in the background, which announces them once more in its own time; a look
    // that announced something itself would do so every time.
    await expect
      .poll(async () => {
        const announced = running.changes.length
        for (let look = 0; look < 5; look++) await running.sync.lookNow()
        return running.changes.length - announced
      })
      .toBe(0)
    expect(Date.parse(running.replica.asOf()!)).toBeGreaterThan(Date.parse(asOf!))
  })

  test('sums of earlier hours follow rows that change within them', async () => {
    const id = await insert({ ago: '20 hours', domain: 'rolled.example.com' })
    await running.sync.lookNow([id])
    const question = { ...day(), domain: 'rolled.example.com' }
    await eventually(async () =>
      expect((await running.replica.overview(question, question, [question.fromMs])).current).toMatchObject({
        requests: 1,
        inputTokens: 10,
        cacheReadTokens: 77,
        usagePending: 0,
      }),
    )
  })

  test('reads a longer absence newest day first and leaves no gap', async () => {
    await open.pop()!.close()
    const late = await insert({ ago: '5 minutes', domain: 'late.example.com' })
    const future = await runSql(
      url,
      `INSERT INTO requests SELECT gen_random_uuid(), now() + i * interval '1 hour', 'future.example.com' FROM generate_series(1, 36) AS i RETURNING request_id AS id`,
    )
    // As if the app had been closed for a day and a half.
    const reopened = await startSync(folder.path, url, {
      change: (source): Source => ({
        ...source,
        clockMs: async (signal) => (await source.clockMs(signal)) + 1.5 * dayMs,
      }),
    })
    open.push(reopened)
    await stateOf(
      reopened.sync,
      (state) => state.asOf !== null && Date.parse(state.asOf) > Date.now() + dayMs && isComplete(state),
    )
    const ids = [late, ...future.map((row) => row.id as string)]
    expect((await reopened.replica.rows(ids)).map(({ row }) => row.id)).toEqual(ids)
    expect(reopened.replica.coverage().length).toBe(1)
  })
})

describe('a source in trouble', () => {
  test('stands in the state, and following goes on by itself once it is back', async () => {
    await database(1000)
    let isAway = true
    const away = new Failure('database-unreachable')
    const { sync, replica } = await follow({
      change: (source) => ({
        ...source,
        clockMs: (signal) => (isAway ? Promise.reject(away) : source.clockMs(signal)),
      }),
    })
    const failed = await stateOf(sync, (state) => state.failure !== null)
    expect(failed).toMatchObject({ phase: 'waiting', asOf: null, failure: { code: 'database-unreachable' } })
    expect(replica.asOf()).toBeNull()
    isAway = false
    await sync.lookNow()
    expect((await stateOf(sync, (state) => state.failure === null)).asOf).not.toBeNull()
    await stateOf(sync, isWhole)
  })

  test('that breaks off in the middle of a slice leaves nothing half and is read again', async () => {
    await database(8000)
    let breaks = 3
    const { sync } = await follow({
      change: (source) => ({
        ...source,
        async *readRange(range, signal) {
          for await (const batch of source.readRange(range, signal)) {
            yield batch
            if (breaks-- > 0) throw new Failure('database-unreachable')
          }
        },
      }),
    })
    await stateOf(sync, (state) => state.failure !== null)
    while (!isWhole(sync.state())) {
      await sync.lookNow()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const [counted] = await runSql(url, 'SELECT count(*)::int AS rows FROM requests WHERE timestamp >= $1', [
      sync.state().syncTarget,
    ])
    expect(sync.state().rows).toBe(counted!.rows)
  })

  test('that cannot give one answer in time still gives the others', async () => {
    await database()
    const ids = [await insert(), await insert(), await insert()]
    const { sync, replica } = await follow({
      change: (source) => ({
        ...source,
        readUsage: (asked, signal) =>
          asked.includes(ids[1]!) ? Promise.reject(new Failure('database-timeout')) : source.readUsage(asked, signal),
      }),
    })
    await stateOf(sync, isComplete)
    expect((await replica.rows(ids)).map(({ row }) => row.cacheReadTokens)).toEqual([77, null, 77])
  })

  test('a look waits for no backfill: a row arrives while an older slice is being read', async () => {
    await database(8000)
    let letGo: () => void = () => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const { sync, replica } = await follow({
      change: (source) => ({
        ...source,
        async *readRange(range, signal) {
          const isOld = range.toUs < (Date.now() - 20 * hourMs) * 1000
          if (isOld) await held
          yield* source.readRange(range, signal)
        },
      }),
    })
    await stateOf(sync, (state) => state.phase === 'backfill')
    const id = await insert()
    await sync.lookNow([id])
    expect((await replica.rows([id])).length).toBe(1)
    expect(sync.state().phase).toBe('backfill')
    letGo()
    await stateOf(sync, isWhole)
  })
})
