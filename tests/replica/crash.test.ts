import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { bundleScript } from './bundle-script'
import { fillWithRequests } from './million-requests'
import { isWhole, openTestReplica, startSync, stateOf, temporaryFolder } from './replica-fixture'

const rows = 200_000
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
  for (const atRows of [0, 1, 2000, 20_000, 60_000]) {
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
}, 90_000)

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
