import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { App } from '../../src-main/app/app'
import { buildApp, refuseToOpenExternal } from '../../src-main/app/build-app'
import { readEnvironment } from '../../src-main/app/environment'
import { createFileLog } from '../../src-main/app/file-log'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { eventually } from '../fakes/eventually'

/* What is kept on this machine, and what the app can do without its database. */

let postgres: TestPostgres
let directory: string
let app: App
let databases = 0
let url: string
const call = { signal: undefined }
const capabilities = {
  canManageConnections: true,
  canOpenExternal: false,
  canNotify: false,
  hasTray: false,
  canSignOut: true,
  canUpdate: false,
}

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'nexus-offline-'))
  url = await postgres.createDatabase(`offline_${++databases}`, briefTable)
  await runSql(
    url,
    `INSERT INTO requests SELECT gen_random_uuid(), now() - make_interval(mins => i), CASE WHEN i % 4 = 0 THEN 'kept.example'
      ELSE 'other.example' END, 'claude-sonnet-5', 10, 20, jsonb_build_object('messages', jsonb_build_array(
        jsonb_build_object('role', 'user', 'content', 'Question ' || i))),
      '{"type":"message","content":[{"type":"text","text":"Hi"}],"usage":{"input_tokens":10,"output_tokens":20}}', 5, true,
      'inference' FROM generate_series(1, 40) AS i`,
  )
})
afterEach(async () => {
  await app?.close()
  rmSync(directory, { recursive: true, force: true })
})

async function start(isOnBattery?: () => boolean): Promise<void> {
  app = await buildApp({
    environment: readEnvironment({ DATABASE_URL: url, NEXUS_DATA_DIR: directory }),
    host: { name: 'test host', version: '1.2.3', capabilities, openExternal: refuseToOpenExternal, isOnBattery },
    openSampleWhenEmpty: false,
    log: createFileLog({ directory }),
  })
}

const state = () => app.api.offline.state(undefined, call)
const keep = (newest: number, megabytes = 512) =>
  app.api.settings.update({ offline: { newest, days: 60, megabytes, encrypt: false } }, call)
const list = (domain?: string) => app.api.conversations.list({ hours: 24, limit: 100, ...(domain && { domain }) }, call)

test('the newest and whole domains are kept by themselves, and can be read once the database is away', async () => {
  await start()
  await eventually(async () => expect((await list()).total).toBe(40))
  await keep(5)
  await app.api.offline.keep({ domain: 'kept.example', keep: true }, call)
  // Ten of the domain, and of the newest five the four others.
  await eventually(async () =>
    expect(await state()).toMatchObject({ bodies: 14, domains: ['kept.example'], heldBy: null }),
  )
  // Previews and conversations of the list are read in the background.
  await eventually(async () => {
    const unread = (await list()).items.filter(({ preview, turn }) => preview === null || turn === undefined)
    expect(unread).toEqual([])
  })
  const before = { list: await list(), stats: await app.api.usage.stats({ hours: 24 }, call) }
  await app.close()

  await runSql(postgres.url(), `ALTER DATABASE ${new URL(url).pathname.slice(1)} RENAME TO gone_${databases}`)
  await start()
  await eventually(async () => {
    expect((await app.api.workspace.current(undefined, call)).source?.state).toBe('unreachable')
  })
  const after = await list()
  expect(after.items).toEqual(before.list.items)
  const { from: _from, to: _to, asOf: _asOf, previous: _previous, ...figures } = before.stats
  expect(await app.api.usage.stats({ hours: 24 }, call)).toMatchObject(figures)
  const kept = (await list('kept.example')).items
  for (const { id } of kept) expect((await app.api.conversations.get({ id }, call)).readFrom).toBe('replica')
  const other = (await list('other.example')).items.at(-1)!
  await expect(app.api.conversations.get({ id: other.id }, call)).rejects.toMatchObject({ code: 'body-unavailable' })
  expect((await app.api.offline.clear(undefined, call)).bodies).toBe(0)
})

test('nothing is fetched on battery or a metered network, and what waits comes after', async () => {
  await start()
  await app.api.offline.report({ isOnBattery: true, isMetered: null }, call)
  await eventually(async () => expect((await list()).total).toBe(40))
  await keep(10)
  await eventually(async () => expect((await app.api.workspace.current(undefined, call)).sync?.usagePending).toBe(0))
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await state()).toMatchObject({ bodies: 0, heldBy: 'battery' })
  await app.api.offline.report({ isOnBattery: false, isMetered: true }, call)
  expect((await state()).heldBy).toBe('metered')
  await app.api.offline.report({ isOnBattery: false, isMetered: false }, call)
  await eventually(async () => expect(await state()).toMatchObject({ bodies: 10, heldBy: null }))
})

test('the host’s own word of its battery goes before a page’s', async () => {
  let isOnBattery = true
  await start(() => isOnBattery)
  await app.api.offline.report({ isOnBattery: false, isMetered: false }, call)
  await eventually(async () => expect((await state()).heldBy).toBe('battery'))
  isOnBattery = false
  expect((await state()).heldBy).toBeNull()
})

test('texts are neither read nor kept nor lost while the keychain with their key is away', async () => {
  const offline = { newest: 10, days: 60, megabytes: 512, encrypt: true }
  writeFileSync(join(directory, 'settings.json'), JSON.stringify({ offline }))
  await start()
  await eventually(async () => expect((await list()).total).toBe(40))
  const [first] = (await list()).items
  await app.api.conversations.get({ id: first!.id }, call)
  expect(await state()).toMatchObject({ bodies: 0, heldBy: 'keychain', isEncrypted: true })
  // Nothing is encrypted yet, so that it can be switched off.
  await app.api.settings.update({ offline: { ...offline, encrypt: false } }, call)
  await eventually(async () => expect(await state()).toMatchObject({ bodies: 10, heldBy: null, isEncrypted: false }))
})

test('without a keychain that lasts, encrypting is refused with the reason, and nothing has changed', async () => {
  await start()
  const offline = { newest: 0, days: 60, megabytes: 512, encrypt: true }
  await expect(app.api.settings.update({ offline }, call)).rejects.toMatchObject({
    code: 'keychain-unavailable',
    hint: expect.stringMatching(/not encrypted/),
  })
  expect((await app.api.settings.get(undefined, call)).offline?.encrypt).toBe(false)
})

test('every file below the data folder belongs to the user alone', async () => {
  await start()
  await eventually(async () => expect((await list()).total).toBe(40))
  await keep(3)
  await eventually(async () => expect((await state()).bodies).toBe(3))
  await app.api.offline.keep({ domain: 'kept.example', keep: false }, call)
  await app.api.workspace.setPaused({ isPaused: true }, call)
  const open: string[] = []
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (((await stat(path)).mode & 0o077) !== 0) open.push(path)
  }
  // DuckDB makes its log anew after each checkpoint with the modes of the process; its folder is closed to others.
  expect(open.filter((path) => !path.endsWith('.duckdb.wal'))).toEqual([])
  for (const path of open) expect((await stat(dirname(path))).mode & 0o077).toBe(0)
})
