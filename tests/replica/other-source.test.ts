import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { fillWithRequests } from './million-requests'
import { dayMs, hourMs, isWhole, startSync, stateOf, temporaryFolder, type Running } from './replica-fixture'
import { expectSameRows } from './same-rows'

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let url: string
let running: Running | null = null
let databases = 0
let laterMs = 0
let rowsRead = 0

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  folder = await temporaryFolder()
  url = await postgres.createDatabase(`other_${++databases}`)
  await fillWithRequests(url, 3000)
  laterMs = 0
  running = await follow()
  await stateOf(running.sync, isWhole)
})
afterEach(async () => {
  await running?.close()
  await folder.remove()
})

function follow(): Promise<Running> {
  rowsRead = 0
  return startSync(folder.path, url, {
    now: () => Date.now() + laterMs,
    change: (source) => ({
      ...source,
      async *readRange(range, signal) {
        for await (const batch of source.readRange(range, signal)) {
          rowsRead += batch.length
          yield batch
        }
      },
    }),
  })
}

const kept = () => ({ fromMs: Math.floor(Date.now() / hourMs) * hourMs - 89 * dayMs, toMs: Date.now() + dayMs })

/** As if a minute had passed: the next look asks who answers. */
async function lookLater(): Promise<void> {
  laterMs += 61_000
  await running!.sync.lookNow()
}

test('another database under the same address is noticed after a restart: told, emptied, read again, nothing doubled', async () => {
  await running!.close()
  const former = new URL(url).pathname.slice(1)
  const other = await postgres.createDatabase('the_other')
  await fillWithRequests(other, 1000)
  await runSql(other, `UPDATE requests SET input_tokens = input_tokens + 1, domain = 'other.example'`)
  await runSql(postgres.url(), `ALTER DATABASE ${former} RENAME TO ${former}_moved_away`)
  await runSql(postgres.url(), `ALTER DATABASE the_other RENAME TO ${former}`)

  running = await follow()
  expect((await running.replica.counts()).rows).toBeGreaterThan(2500)
  const told = await stateOf(running.sync, (state) => state.notice !== undefined)
  expect(told.notice).toMatchObject({ kind: 'other-database', message: expect.stringMatching(/Another database/) })
  await stateOf(running.sync, isWhole)
  await expectSameRows(url, running.replica, kept())
})

test('a table that was made anew while it is followed is another one', async () => {
  await runSql(
    url,
    `ALTER TABLE requests RENAME TO former; CREATE TABLE requests (LIKE former INCLUDING ALL);
     INSERT INTO requests (request_id, timestamp, domain)
       SELECT gen_random_uuid(), now() - make_interval(hours => i), 'new.example' FROM generate_series(1, 50) AS i`,
  )
  await lookLater()
  await expectSameRows(url, running!.replica, kept())
  expect(running!.sync.state().notice?.kind).toBe('other-database')
})

test('the same rows in another place are kept, and only compared', async () => {
  await runSql(
    url,
    `ALTER TABLE requests RENAME TO former; CREATE TABLE requests (LIKE former INCLUDING ALL);
     INSERT INTO requests SELECT * FROM former; DELETE FROM requests WHERE timestamp < now() - interval '60 days'
       AND timestamp > now() - interval '60 days 5 hours'`,
  )
  rowsRead = 0
  await lookLater()
  await expectSameRows(url, running!.replica, kept())
  expect(running!.sync.state().notice?.kind).toBe('moved')
  expect(rowsRead).toBeLessThan(500)

  // Known from now on, and so is the former one when it is back.
  await runSql(url, `ALTER TABLE requests RENAME TO latter; ALTER TABLE former RENAME TO requests`)
  const before = running!.sync.state().notice
  await lookLater()
  expect(running!.sync.state().notice).toEqual(before)
})

test('a database restored to an earlier state loses its later rows here too, and is told', async () => {
  await runSql(
    url,
    `DELETE FROM requests WHERE timestamp > now() - interval '30 hours';
     UPDATE requests SET domain = 'before.example' WHERE timestamp BETWEEN now() - interval '20 days' AND now() - interval '19 days'`,
  )
  await lookLater()
  await expectSameRows(url, running!.replica, kept())
  expect(running!.sync.state().notice?.kind).toBe('earlier-state')
})

test('a table that was emptied leaves nothing here', async () => {
  await runSql(url, 'TRUNCATE requests')
  await lookLater()
  await expectSameRows(url, running!.replica, kept())
})

test('a role that may not ask for the number of the cluster follows all the same', async () => {
  await running!.close()
  await runSql(
    url,
    `REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC; CREATE ROLE plain LOGIN PASSWORD 'plain';
     GRANT SELECT ON requests TO plain`,
  )
  const asPlain = new URL(url)
  asPlain.username = 'plain'
  asPlain.password = 'plain'
  url = asPlain.href
  running = await follow()
  await stateOf(running.sync, (state) => state.lastSyncAt !== null)
  expect(running.sync.state().failure).toBeNull()
})
