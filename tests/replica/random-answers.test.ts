import * as fc from '../fakes/seeded-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolveWindow } from '../../src-main/core/usage/resolve-window'
import { briefTable } from '../fakes/brief-table'
import { startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { insertRandomRows, randomRow, tellSeed } from './random-rows'
import { dayMs, hourMs, isComplete, startSync, stateOf, temporaryFolder } from './replica-fixture'
import { expectSameAnswers } from './same-answers'

/** The replica's answer to every statistic, beside that of SQL, over random rows with nulls in every column. */

const rounds = Number(process.env['NEXUS_TEST_ROUNDS'] ?? 1)
let postgres: TestPostgres
let databases = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())

const zones = ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe']
const rows = fc.array(fc.record({ row: randomRow, agoMs: fc.integer({ min: 1000, max: 200 * dayMs }) }), {
  minLength: 60,
  maxLength: 300,
})
const questions = fc.array(
  fc.record({
    hours: fc.oneof(fc.integer({ min: 1, max: 48 }), fc.integer({ min: 49, max: 24 * 195 })),
    endsMsAgo: fc.oneof(fc.constant(0), fc.nat(100 * dayMs)),
    tz: fc.constantFrom(...zones),
    filter: fc.constantFrom({}, { domain: 'acme.com' }, { domain: '' }, { model: 'an-unknown-model' }, { model: '' }),
  }),
  { minLength: 6, maxLength: 6 },
)

test('every statistic is what SQL says, in zones with half hours and through both changes of the clock', async () => {
  await fc.assert(
    fc.asyncProperty(rows, questions, async (given, asked) => {
      const url = await postgres.createDatabase(`answers_${++databases}`, briefTable)
      await insertRandomRows(url, given)
      const folder = await temporaryFolder()
      const running = await startSync(folder.path, url, { retentionDays: 365 })
      try {
        const { rows: stored } = await stateOf(
          running.sync,
          (state) => isComplete(state) && state.rows === given.length,
        )
        expect(stored).toBe(given.length)
        const nowMs = Date.now()
        // Half of a year lies in each of the windows that reach back so far, and with it a change of the clock.
        const half = { hours: 24 * 183, endsMsAgo: 0, filter: {} }
        for (const question of [...asked, { ...half, tz: 'Europe/Berlin' }, { ...half, tz: 'Australia/Lord_Howe' }]) {
          const { hours, endsMsAgo, tz, filter } = question
          const toMs = nowMs - endsMsAgo
          const scope = {
            ...filter,
            from: new Date(toMs - hours * hourMs).toISOString(),
            to: new Date(toMs).toISOString(),
          }
          const { window, bucketStarts } = resolveWindow(scope, { nowMs, asOfMs: null, timeZone: tz })
          await expectSameAnswers(url, running.replica, { window, bucketStarts })
        }
      } finally {
        await running.close()
        await folder.remove()
      }
    }),
    { numRuns: rounds, endOnFailure: true, reporter: tellSeed },
  )
})
