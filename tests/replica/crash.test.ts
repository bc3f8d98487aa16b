import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { bundleScript } from './bundle-script'
import { fillWithRequests } from './million-requests'
import { dayMs, isWhole, openTestReplica, startSync, stateOf, temporaryFolder } from './replica-fixture'
import { expectSameRows } from './same-rows'

const rows = 200_000
/** Kills in each of the two: while the copy is made, and while it follows. */
const kills = Number(process.env['NEXUS_TEST_ROUNDS'] ?? 3)
let postgres: TestPostgres
let url: string
let script: string
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  postgres = await startTestPostgres()
  url = await postgres.createDatabase('crash')
  await fillWithRequests(url, rows)
  script = await bundleScript('sync-child')
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => folder.remove())

/** Runs the child until it says a line that fits. */
async function runUntil(fits: (line: string) => boolean): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, folder.path, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout! })) if (fits(line)) break
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

test('after kill -9 at any moment, what counts as covered is there whole and the rest is read', async () => {
  let survived = 0
  for (let round = 0; round < kills; round++) {
    const atRows = round === 0 ? 0 : Math.floor(((rows / 2) * round) / kills)
    await kill(await runUntil((line) => Number(line.split(' ')[1]) >= atRows))
    const replica = await openTestReplica(folder.path)
    expect(replica.notice).toBeNull()
    let coveredRows = 0
    for (const { fromUs, toUs } of replica.coverage()) {
      const window = { fromMs: Math.ceil(fromUs / 1000), toMs: Math.floor(toUs / 1000) }
      const [counted] = await runSql(
        url,
        'SELECT count(*)::int AS rows, sum(input_tokens)::float8 AS tokens FROM requests WHERE timestamp >= $1 AND timestamp < $2',
        [new Date(window.fromMs), new Date(window.toMs)],
      )
      const { current } = await replica.overview(window, window, [window.fromMs])
      expect([current.requests, current.inputTokens]).toEqual([counted!.rows, counted!.tokens ?? 0])
      coveredRows += current.requests
    }
    const { rows: stored } = await replica.counts()
    expect(stored).toBeGreaterThanOrEqual(coveredRows)
    expect(stored - coveredRows).toBeLessThanOrEqual(2)
    expect(stored).toBeGreaterThanOrEqual(survived)
    survived = stored
    await replica.close()
  }
  expect(survived).toBeGreaterThan(1000)

  const running = await startSync(folder.path, url)
  const done = await stateOf(running.sync, isWhole)
  const [counted] = await runSql(url, 'SELECT count(*)::int AS rows FROM requests WHERE timestamp >= $1', [
    done.syncTarget,
  ])
  expect(done.rows).toBe(counted!.rows)
  await running.close()
}, 600_000)

test('after kill -9 at any moment of following, nothing that was told is lost, and both sides agree again', async () => {
  const small = await postgres.createDatabase('crash_follow')
  await fillWithRequests(small, 2000)
  const writer = new Client(small)
  await writer.connect()
  const ending = new AbortController()
  const writing = (async () => {
    for (let row = 0; !ending.signal.aborted; row++) {
      await writer.query(`INSERT INTO requests (request_id, timestamp, domain, input_tokens)
        VALUES (gen_random_uuid(), now(), 'written.example', ${row})`)
      if (row % 3 === 0) {
        await writer.query(`UPDATE requests SET output_tokens = ${row}, response_body = '{"type":"message"}'
          WHERE request_id = (SELECT request_id FROM requests WHERE response_body IS NULL ORDER BY timestamp DESC LIMIT 1)`)
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })()
  try {
    for (let round = 0; round < kills; round++) {
      const child = spawn(process.execPath, [script, folder.path, small], { stdio: ['ignore', 'pipe', 'inherit'] })
      const lines = createInterface({ input: child.stdout! })
      let toldRows = 0
      let hasLooked: () => void = () => undefined
      const looked = new Promise<void>((resolve) => (hasLooked = resolve))
      lines.on('line', (line) => {
        const [phase, told] = line.split(' ')
        toldRows = Math.max(toldRows, Number(told) || 0)
        if (phase === 'following') hasLooked()
      })
      await looked
      await new Promise((resolve) => setTimeout(resolve, (round * 137) % 900))
      await kill(child)
      const replica = await openTestReplica(folder.path)
      expect([replica.notice, (await replica.counts()).rows >= toldRows]).toEqual([null, true])
      await replica.close()
    }
  } finally {
    ending.abort()
    await writing
    await writer.end()
  }
  const running = await startSync(folder.path, small)
  await stateOf(running.sync, isWhole)
  running.sync.recheck()
  await expectSameRows(small, running.replica, { fromMs: Date.now() - 88 * dayMs, toMs: Date.now() + dayMs })
  await running.close()
}, 600_000)

test('a second process is refused while the first has the replica, and let in after it', async () => {
  const first = await runUntil((line) => line === 'open')
  await expect(openTestReplica(folder.path)).rejects.toMatchObject({ code: 'replica-locked' })
  const refused = await runUntil(() => true)
  expect(refused.exitCode ?? (await new Promise((resolve) => refused.once('exit', resolve)))).toBe(1)
  await kill(first)
  const replica = await openTestReplica(folder.path)
  expect(replica.notice).toBeNull()
  await replica.close()
})
