import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from '../fakes/seeded-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Failure } from '../../src-main/core/failure'
import type { Source } from '../../src-main/core/ports'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { insertRandomRows, randomRow, tellSeed, type RandomRow } from './random-rows'
import { dayMs, hourMs, isComplete, startSync, stateOf, temporaryFolder, type Running } from './replica-fixture'
import { expectSameAnswers } from './same-answers'
import { expectSameRows } from './same-rows'

/*
 * Whatever happens to a source, and to the app while it follows, both agree in the end: row by row, figure by figure.
 * A kill is what a killed process leaves, the file and its log as they stand in the middle of work; the real
 * `kill -9` is a suite of its own.
 */

const rounds = Number(process.env['NEXUS_TEST_ROUNDS'] ?? 2)
let postgres: TestPostgres
let databases = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())

type Step =
  | { do: 'insert'; rows: { row: RandomRow; agoMs: number }[] }
  | { do: 'update' | 'answer' | 'delete' | 'move'; share: number; fromAgoMs: number }
  | { do: 'outage'; questions: number }
  | { do: 'look' | 'compare' | 'kill' | 'restart' | 'vacuum' | 'wait' }

const recent = fc.integer({ min: 0, max: 20 * 60_000 })
const old = fc.integer({ min: 0, max: 40 * dayMs })
const insert = (ago: fc.Arbitrary<number>) =>
  fc.record({
    do: fc.constant('insert' as const),
    rows: fc.array(fc.record({ row: randomRow, agoMs: ago }), { minLength: 1, maxLength: 12 }),
  })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: insert(recent) },
  { weight: 3, arbitrary: insert(old) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('update' as const, 'answer' as const, 'delete' as const, 'move' as const),
      share: fc.constantFrom(0.05, 0.3, 1),
      fromAgoMs: fc.oneof(recent, old),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('outage' as const), questions: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('look' as const, 'compare' as const, 'kill' as const, 'restart' as const, 'wait' as const),
    }),
  },
)

/** Fails as many questions as it is told to, in the middle of a stream too. */
function withOutages(outage: { left: number }) {
  const fail = (): void => {
    if (outage.left-- > 0) throw new Failure('database-unreachable', { retryAfterSeconds: 0.02 })
  }
  return (source: Source): Source => ({
    ...source,
    clockMs: async (signal) => (fail(), source.clockMs(signal)),
    readIdentity: async (signal) => (fail(), source.readIdentity(signal)),
    readHourSums: async (range, signal) => (fail(), source.readHourSums(range, signal)),
    readUsage: async (ids, signal) => (fail(), source.readUsage(ids, signal)),
    async *readRange(range, signal) {
      for await (const batch of source.readRange(range, signal)) {
        fail()
        yield batch
      }
    },
  })
}

test('after any history, replica and source agree row by row and figure by figure', async () => {
  const longAgo = fc.array(fc.record({ row: randomRow, agoMs: old }), { minLength: 20, maxLength: 150 })
  await fc.assert(
    fc.asyncProperty(longAgo, fc.array(step, { minLength: 6, maxLength: 16 }), async (first, steps) => {
      const url = await postgres.createDatabase(`history_${++databases}`, briefTable)
      await insertRandomRows(url, first)
      const folder = await temporaryFolder()
      const outage = { left: 0 }
      let lives = 0
      const start = () =>
        startSync(join(folder.path, String(lives)), url, { change: withOutages(outage), retentionDays: 60 })
      let running: Running = await start()

      /** The next life begins with the files as they stand, or as closing leaves them. */
      async function goOn(isKilled: boolean): Promise<void> {
        const from = join(folder.path, String(lives++))
        const to = join(folder.path, String(lives))
        if (isKilled) await cp(from, to, { recursive: true })
        await running.close()
        if (!isKilled) await cp(from, to, { recursive: true })
        running = await start()
        expect(running.replica.notice).toBeNull()
      }

      try {
        for (const each of steps) {
          switch (each.do) {
            case 'insert':
              await insertRandomRows(url, each.rows)
              break
            case 'update':
            case 'answer':
            case 'delete':
            case 'move':
              await runSql(url, changeSql(each.do), [each.fromAgoMs / 1000, each.share])
              break
            case 'outage':
              outage.left = each.questions
              break
            case 'look':
              await running.sync.lookNow()
              break
            case 'compare':
              running.sync.recheck()
              break
            case 'kill':
              await goOn(true)
              break
            case 'restart':
              await goOn(false)
              break
            case 'wait':
              await new Promise((resolve) => setTimeout(resolve, 100))
          }
        }
        outage.left = 0
        await running.sync.lookNow()
        await stateOf(running.sync, (state) => state.phase === 'following')
        running.sync.recheck()
        const endMs = Math.ceil(Date.now() / hourMs) * hourMs
        const window = { fromMs: endMs - 59 * dayMs, toMs: endMs }
        await expectSameRows(url, running.replica, window)
        await stateOf(running.sync, isComplete)
        const bucketStarts = Array.from({ length: 59 }, (_, day) => window.fromMs + day * dayMs)
        await expectSameAnswers(url, running.replica, { window, bucketStarts })
      } finally {
        await running.close()
        await folder.remove()
      }
    }),
    { numRuns: rounds, endOnFailure: true, reporter: tellSeed },
  )
})

/** Some of the rows since then, or all of them. Each statement uses both values. */
function changeSql(change: 'update' | 'answer' | 'delete' | 'move'): string {
  const some = `timestamp > now() - make_interval(secs => $1::float8) AND abs(hashtext(request_id::text)) % 100 < $2::float8 * 100`
  switch (change) {
    case 'update':
      return `UPDATE requests SET input_tokens = coalesce(input_tokens, 0) + 7, domain = 'changed.example', response_time_ms = 1
        WHERE ${some}`
    case 'answer':
      return `UPDATE requests SET output_tokens = 99, response_body = '{"type":"message","content":[],"usage":{"input_tokens":1,
        "output_tokens":99,"cache_read_input_tokens":41}}' WHERE response_body IS NULL AND ${some}`
    case 'delete':
      return `DELETE FROM requests WHERE ${some}`
    case 'move':
      return `UPDATE requests SET timestamp = timestamp - interval '90 minutes' WHERE ${some}`
  }
}
