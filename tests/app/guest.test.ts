import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { App } from '../../src-main/app/app'
import { buildApp, refuseToOpenExternal } from '../../src-main/app/build-app'
import { readEnvironment } from '../../src-main/app/environment'
import { createFileLog } from '../../src-main/app/file-log'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { eventually } from '../fakes/eventually'

/* How the app behaves towards a production database. */

let postgres: TestPostgres
let directory: string
let app: App
let databases = 0
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
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nexus-guest-'))
})
afterEach(async () => {
  await app?.close()
  rmSync(directory, { recursive: true, force: true })
})

const insertRows = `INSERT INTO requests SELECT gen_random_uuid(), now() - make_interval(hours => i), 'acme.com',
  'claude-sonnet-5', 10, 20, '{"messages":[{"role":"user","content":"Hello"}]}',
  '{"type":"message","content":[{"type":"text","text":"Hi"}],"usage":{"input_tokens":10,"output_tokens":20}}', 5, true,
  'inference' FROM generate_series(1, 60) AS i`

async function start(url: string): Promise<void> {
  app = await buildApp({
    environment: readEnvironment({ DATABASE_URL: url, NEXUS_DATA_DIR: directory }),
    host: { name: 'test host', version: '1.2.3', capabilities, openExternal: refuseToOpenExternal },
    openSampleWhenEmpty: false,
    log: createFileLog({ directory }),
  })
}

const database = () => postgres.createDatabase(`guest_${++databases}`, `${briefTable};${insertRows}`)
const syncState = async () => (await app.api.workspace.current(undefined, call)).sync
const asked = () => app.api.source.asked(undefined, call)

async function untilRead(): Promise<void> {
  await eventually(async () => {
    const sync = await syncState()
    expect([sync?.phase, sync?.rows, sync?.usagePending]).toEqual(['following', 60, 0])
    expect((await asked()).comparison.finishedAt).not.toBeNull()
  })
}

test('says what it asked, reads no body for a list or a sum, and holds to four read-only connections', async () => {
  const url = await database()
  await start(url)
  await untilRead()
  await app.api.usage.overview({ hours: 168 }, call)
  await app.api.conversations.list({ hours: 168 }, call)

  const report = await asked()
  const statements = report.statements.map(({ purpose, statement }) => ({ purpose, statement }))
  const told = (purpose: string) => report.statements.filter((each) => each.purpose === purpose)
  expect(told('Rows of a stretch of time')[0]!.rows).toBeGreaterThanOrEqual(60)
  expect(told('Usage in answers')[0]).toMatchObject({ failed: 0, rows: 60 })
  expect(told('The clock')[0]!.longestMs).toBeGreaterThan(0)
  // No time and no id: each is one statement however often it was asked.
  for (const { statement } of statements) expect(statement).not.toMatch(/\d{4}-\d\d-\d\d|[\da-f]{8}-[\da-f]{4}-/)
  expect(new Set(statements.map(({ statement }) => statement)).size).toBe(statements.length)

  const mayReadBodies = ['Usage in answers', 'Previews', 'Texts of a request', 'Pieces of streamed answers']
  const others = statements.filter(({ purpose }) => !mayReadBodies.includes(purpose))
  expect(others.length).toBeGreaterThanOrEqual(5)
  for (const { statement } of others) {
    // Its stored size is in the row itself; the text of what is no longer than a JSON null costs nothing.
    const rest = statement.replace(
      /CASE WHEN pg_column_size\("response_body"\) > 16 THEN true ELSE coalesce\("response_body"::text <> 'null', false\) END/g,
      '',
    )
    expect(rest).not.toMatch(/_body/)
    expect(rest).toMatch(/^(SELECT|COPY \(SELECT|LISTEN) (?!.*SELECT \*)/)
  }

  const sessions = await runSql(
    url,
    `SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE 'nexus-desktop%'`,
  )
  expect(sessions.length).toBeLessThanOrEqual(4)
  expect(report.connections).toMatchObject({ most: 4 })
  expect(report.advice).toMatchObject([{ name: 'role', sql: expect.stringMatching(/GRANT SELECT/) }])
})

test('an index that is missing is advised with its SQL', async () => {
  const url = await database()
  await runSql(url, 'DROP INDEX idx_requests_timestamp')
  await start(url)
  await eventually(async () => {
    const index = (await asked()).advice?.find(({ name }) => name === 'index')
    expect(index?.sql).toMatch(/^CREATE INDEX CONCURRENTLY ON "public"\."requests" \("timestamp" DESC\);$/)
  })
})

test('paused, it asks nothing, over a restart too, and says so; resumed, it catches up', async () => {
  const url = await database()
  await start(url)
  await untilRead()
  const paused = await app.api.workspace.setPaused({ isPaused: true }, call)
  expect(paused.sync).toMatchObject({ phase: 'paused', asOf: expect.any(String) })
  const times = async () => (await asked()).statements.reduce((sum, statement) => sum + statement.times, 0)
  const before = await times()
  await runSql(url, `INSERT INTO requests (request_id, timestamp) VALUES (gen_random_uuid(), now())`)
  await app.api.workspace.syncNow(undefined, call)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await times()).toBe(before)
  await eventually(async () => expect(await syncState()).toMatchObject({ phase: 'paused', rows: 60 }))
  expect((await app.api.usage.stats({ hours: 168 }, call)).requests).toBe(60)
  await app.close()

  await start(url)
  await eventually(async () => expect(await syncState()).toMatchObject({ phase: 'paused', rows: 60 }))
  expect(await times()).toBe(0)
  await app.api.workspace.setPaused({ isPaused: false }, call)
  await eventually(async () => expect(await syncState()).toMatchObject({ phase: 'following', rows: 61 }))
  await app.close()
  await start(url)
  await eventually(async () => expect((await syncState())?.lastSyncAt).toBeTypeOf('string'))
})
