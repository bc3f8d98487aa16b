import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, chown, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { bundleScript } from './bundle-script'
import { fillWithRequests } from './million-requests'
import { dayMs, hourMs, isWhole, openTestReplica, startSync, stateOf, temporaryFolder } from './replica-fixture'
import { expectSameRows } from './same-rows'

/* What a disk that is full or may not be written does to the copy: it says so, loses nothing, and goes on later. */

const rows = 60_000
let postgres: TestPostgres
let url: string
let script: string
let folder: Awaited<ReturnType<typeof temporaryFolder>>

beforeAll(async () => {
  postgres = await startTestPostgres()
  url = await postgres.createDatabase('disk')
  await fillWithRequests(url, rows)
  script = await bundleScript('sync-child')
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(async () => {
  await chmod(folder.path, 0o700)
  await folder.remove()
})

const kept = () => ({ fromMs: Math.floor(Date.now() / hourMs) * hourMs - 88 * dayMs, toMs: Date.now() + dayMs })

/** The child's first line that fits; null when it ended without one. */
async function lineOf(child: ChildProcess, fits: (line: string) => boolean): Promise<string | null> {
  for await (const line of createInterface({ input: child.stdout! })) if (fits(line)) return line
  return null
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

test('a disk that fills up in the middle is said, and what was read before is there when there is room again', async () => {
  // No file may grow beyond this: to the process it is the same as a disk without room.
  const limit = `trap '' XFSZ; ulimit -f 2000; exec "$0" "$@"`
  const child = spawn('bash', ['-c', limit, process.execPath, script, folder.path, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const told = await lineOf(child, (line) => line.endsWith(' replica-failed'))
  expect(told).not.toBeNull()
  // It goes on trying, and does not fall over.
  expect(child.exitCode).toBeNull()
  await end(child)

  const replica = await openTestReplica(folder.path)
  expect(replica.notice).toBeNull()
  const before = (await replica.counts()).rows
  await replica.close()
  const running = await startSync(folder.path, url)
  const done = await stateOf(running.sync, isWhole)
  expect(done.rows).toBeGreaterThanOrEqual(before)
  await expectSameRows(url, running.replica, { ...kept(), fromMs: Date.now() - 2 * dayMs })
  expect((await running.replica.counts()).rows).toBeGreaterThan(rows * 0.9)
  await running.close()
})

test('a disk that may only be read is said with its reason, and nothing on it is set aside', async () => {
  const running = await startSync(folder.path, url)
  await stateOf(running.sync, (state) => state.rows > 0)
  await running.close()
  const directory = join(folder.path, 'test')
  const before = await readdir(directory)
  // Root may write whatever the modes say, so the child is somebody else.
  const isRoot = process.getuid?.() === 0
  const nobody = 65_534
  if (isRoot) {
    for (const path of [folder.path, directory, ...before.map((name) => join(directory, name))]) {
      await chown(path, nobody, nobody)
    }
  }
  for (const name of before)
    await chmod(join(directory, name), (await stat(join(directory, name))).isFile() ? 0o400 : 0o500)
  await chmod(directory, 0o500)
  await chmod(folder.path, 0o500)
  const child = spawn(process.execPath, [script, folder.path, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(isRoot && { uid: nobody, gid: nobody }),
  })
  expect(await lineOf(child, () => true)).toBe('replica-failed')
  await end(child)
  await chmod(folder.path, 0o700)
  await chmod(directory, 0o700)
  expect((await readdir(directory)).sort()).toEqual(before.sort())
  for (const name of before)
    await chmod(join(directory, name), (await stat(join(directory, name))).isFile() ? 0o600 : 0o700)
  const replica = await openTestReplica(folder.path)
  expect(replica.notice).toBeNull()
  expect((await replica.counts()).rows).toBeGreaterThan(0)
  await replica.close()
})

test('a clock here that is set back or forward changes nothing: the database has the clock', async () => {
  let shiftMs = 0
  const running = await startSync(folder.path, url, { now: () => Date.now() + shiftMs })
  await stateOf(running.sync, isWhole)
  for (const shift of [-30 * dayMs, 400 * dayMs, -3 * hourMs, 0]) {
    shiftMs = shift
    await running.sync.lookNow()
    const { asOf, failure } = running.sync.state()
    expect([failure, Math.abs(Date.parse(asOf!) - Date.now()) < 60_000]).toEqual([null, true])
  }
  await expectSameRows(url, running.replica, { ...kept(), fromMs: Date.now() - 2 * dayMs })
  await running.close()
})
