import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../src-main/app/app'
import { buildApp, refuseToOpenExternal } from '../../src-main/app/build-app'
import { checkFeed, tryFeed } from '../../src-main/app/diagnostics-feed'
import { checkSource } from '../../src-main/app/diagnostics-source'
import { readEnvironment } from '../../src-main/app/environment'
import { createFileLog } from '../../src-main/app/file-log'
import type { Diagnostics } from '../../src-main/contract/diagnostics'
import { probeFeed } from '../../src-main/live/probe-feed'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { briefTable } from '../fakes/brief-table'
import { answer, behaviours, connected, startSseServer, stream, type SseServer } from '../fakes/misbehaving-sse-server'
import { silentLog } from '../fakes/silent-log'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { eventually } from '../fakes/eventually'

const key = 'feed-key-canary-7d1'
const insertRow = "INSERT INTO requests (request_id, timestamp) VALUES (gen_random_uuid(), now() - interval '1 minute')"

let postgres: TestPostgres
let proxy: SseServer
let directory: string
const apps: App[] = []

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  proxy = await startSseServer(stream(connected))
  directory = mkdtempSync(join(tmpdir(), 'nexus-diagnostics-'))
})
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close()
  await proxy.close()
  rmSync(directory, { recursive: true, force: true })
})

const capabilities = {
  canManageConnections: true,
  canOpenExternal: false,
  canNotify: false,
  hasTray: false,
  canSignOut: true,
  canUpdate: false,
}

async function startApp(variables: Record<string, string>): Promise<App> {
  const app = await buildApp({
    environment: readEnvironment({ ...variables, NEXUS_DATA_DIR: directory }),
    host: { name: 'test host', version: '1.2.3', capabilities, openExternal: refuseToOpenExternal },
    openSampleWhenEmpty: false,
    log: createFileLog({ directory }),
  })
  apps.push(app)
  return app
}

const context = { signal: undefined }
const run = (app: App): Promise<Diagnostics> => app.api.diagnostics.run(undefined, context)
const check = ({ checks }: Diagnostics, name: string) => checks.find((candidate) => candidate.name === name)
const outcomes = ({ checks }: Diagnostics) => Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]))

/** The app once it follows the source and, where there is one, the stream. */
async function startFollowing(variables: Record<string, string>): Promise<App> {
  const app = await startApp(variables)
  const via = variables['NEXUS_FEED_URL'] ? 'stream' : 'polling'
  await eventually(async () => {
    const { sync, feed } = await app.api.workspace.current(undefined, context)
    expect(sync?.asOf).toBeTypeOf('string')
    expect(feed?.via).toBe(via)
  })
  return app
}

describe('diagnostics of the whole app', () => {
  test('answer each question where everything works, and the report says the same without a secret', async () => {
    const url = new URL(await postgres.createDatabase('works', `${briefTable};${insertRow}`))
    await runSql(postgres.url(), "CREATE ROLE reader LOGIN PASSWORD 'database-canary-9f2'")
    await runSql(url.href, 'GRANT SELECT ON requests TO reader')
    url.username = 'reader'
    url.password = 'database-canary-9f2'
    const signIn = 'sign-in-canary-3c4'
    const app = await startFollowing({
      DATABASE_URL: url.href,
      NEXUS_FEED_URL: proxy.dashboardUrl,
      NEXUS_FEED_KEY: key,
      DASHBOARD_API_KEY: signIn,
    })
    const found = await run(app)
    expect(outcomes(found)).toMatchObject({
      'sign-in': 'passed',
      database: 'passed',
      table: 'passed',
      rights: 'passed',
      rows: 'passed',
      indexes: 'passed',
      clock: 'passed',
      key: 'passed',
      feed: 'passed',
      buffering: 'passed',
      replica: 'passed',
    })
    expect(found.checks).toHaveLength(12)
    expect(check(found, 'replica')?.detail).toMatch(
      /^1 request in \d+\.\d MB, as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/,
    )
    for (const { name, detail } of found.checks) expect(found.report).toContain(`${name}: ${detail}`)
    expect(found.report).toContain('Nexus Desktop 1.2.3 (test host)')
    for (const secret of ['database-canary-9f2', key, signIn]) expect(JSON.stringify(found)).not.toContain(secret)
  })

  test('say what to do about a wrong key, a writing role, a table without index and without rows', async () => {
    proxy.behave(answer(401))
    const url = await postgres.createDatabase('advice', briefTable)
    await runSql(url, 'DROP INDEX idx_requests_timestamp')
    const app = await startApp({ DATABASE_URL: url, NEXUS_FEED_URL: proxy.dashboardUrl, NEXUS_FEED_KEY: key })
    await eventually(async () => expect((await app.api.workspace.current(undefined, context)).sync).not.toBeNull())
    const found = await run(app)
    expect(outcomes(found)).toMatchObject({
      'sign-in': 'warning',
      rights: 'warning',
      rows: 'warning',
      indexes: 'warning',
      key: 'failed',
      feed: 'failed',
      buffering: 'skipped',
    })
    expect(check(found, 'key')?.advice).toBe('Enter the dashboard API key again.')
    expect(check(found, 'rows')?.advice).toContain('storage service')

    // What it advises is taken literally, and then the advice is gone.
    await runSql(url, check(found, 'indexes')!.sql!)
    for (const statement of check(found, 'rights')!.sql!.split('\n')) await runSql(url, statement)
    const asReader = new URL(url)
    asReader.username = 'nexus_reader'
    asReader.password = 'choose-one'
    const source = createPostgresSource({ databaseUrl: asReader.href, log: silentLog })
    const checks = await checkSource(source)
    await source.close()
    expect(checks.filter(({ name }) => ['rights', 'indexes'].includes(name)).map(({ outcome }) => outcome)).toEqual([
      'passed',
      'passed',
    ])
  })

  test('say why nothing is open, and that a missing dashboard URL is no fault', async () => {
    const closed = await run(await startApp({ DASHBOARD_API_KEY: 'abc' }))
    expect(closed.checks.map(({ name, outcome }) => [name, outcome])).toContainEqual(['database', 'failed'])
    expect(check(closed, 'database')?.detail).toBe('No database is connected.')
    await apps.pop()!.close()

    const url = await postgres.createDatabase('polled', `${briefTable};${insertRow}`)
    const polled = await run(await startFollowing({ DATABASE_URL: url }))
    expect(outcomes(polled)).toMatchObject({ key: 'skipped', feed: 'passed', buffering: 'skipped' })
  })

  test('a database that is away fails by its own reason, and who asks twice at once asks it once', async () => {
    const app = await startApp({ DATABASE_URL: 'postgresql://u:p@127.0.0.1:9/none', DASHBOARD_API_KEY: 'abc' })
    await eventually(async () => expect((await app.api.workspace.current(undefined, context)).sync).not.toBeNull())
    const [first, second] = await Promise.all([run(app), run(app)])
    expect(second).toBe(first)
    expect(check(first, 'database')).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining('9'),
      advice: 'Check the port, and that PostgreSQL runs and listens there.',
    })
    expect(outcomes(first)).toMatchObject({ table: 'skipped', rights: 'skipped', clock: 'skipped', replica: 'warning' })
  })
})

describe('diagnostics of the source', () => {
  async function checksOf(name: string, sql: string, change: (url: URL) => void = () => undefined) {
    const url = new URL(await postgres.createDatabase(name, sql))
    change(url)
    const source = createPostgresSource({ databaseUrl: url.href, log: silentLog })
    try {
      return Object.fromEntries((await checkSource(source)).map((found) => [found.name, found]))
    } finally {
      await source.close()
    }
  }

  test('a role that may not read the table is told which grant it lacks', async () => {
    const sql = `${briefTable}; CREATE ROLE stranger LOGIN PASSWORD 'x'`
    const checks = await checksOf('strange', sql, (url) => {
      url.username = 'stranger'
      url.password = 'x'
    })
    expect(checks['database']?.outcome).toBe('passed')
    expect(checks['rights']).toMatchObject({ outcome: 'failed', advice: expect.stringContaining('GRANT SELECT ON') })
    expect(checks['rows']?.outcome).toBe('skipped')
  })

  test('a database without the table says so', async () => {
    const checks = await checksOf('empty', 'SELECT 1')
    expect(checks['table']).toMatchObject({ outcome: 'failed', advice: expect.stringContaining('storage service') })
  })

  test('a table that nothing was written to for a day is worth a look, and odd names are quoted', async () => {
    const checks = await checksOf(
      'quiet',
      `CREATE SCHEMA "Odd "".schema"; CREATE TABLE "Odd "".schema".api_requests (id uuid, created_at timestamptz);
       INSERT INTO "Odd "".schema".api_requests VALUES (gen_random_uuid(), now() - interval '3 days')`,
    )
    expect(checks['rows']).toMatchObject({ outcome: 'warning', advice: expect.stringContaining('storage service') })
    expect(checks['indexes']?.sql).toBe(
      'CREATE INDEX CONCURRENTLY ON "Odd "".schema"."api_requests" ("created_at" DESC);',
    )
    expect(checks['rights']?.sql).toContain('GRANT USAGE ON SCHEMA "Odd "".schema" TO nexus_reader;')
  })

  test('the SQL fits a partitioned table, and a view gets none', async () => {
    const partitioned = await checksOf(
      'partitioned',
      'CREATE TABLE requests (request_id uuid, timestamp timestamptz) PARTITION BY RANGE (timestamp)',
    )
    expect(partitioned['indexes']?.sql).toBe('CREATE INDEX ON "public"."requests" ("timestamp" DESC);')
    await runSql(postgres.url('partitioned'), partitioned['indexes']!.sql!)
    const view = await checksOf(
      'viewed',
      'CREATE TABLE t (request_id uuid, timestamp timestamptz); CREATE VIEW requests AS SELECT * FROM t',
    )
    expect(view['indexes']).toMatchObject({ outcome: 'warning', sql: null, advice: expect.stringContaining('view') })
  })

  test('clocks that are a minute apart are told with the direction', async () => {
    const url = await postgres.createDatabase('clock', briefTable)
    const source = createPostgresSource({ databaseUrl: url, log: silentLog })
    const late = { ...source, clockMs: async () => (await source.clockMs()) - 61_000 }
    const found = (await checkSource(late)).find(({ name }) => name === 'clock')
    await source.close()
    expect(found).toMatchObject({
      outcome: 'warning',
      detail: expect.stringMatching(/6\d\.\d s behind this machine's/),
    })
  })
})

describe('diagnostics of the event stream', () => {
  const open = () => tryFeed(() => probeFeed({ dashboardUrl: proxy.dashboardUrl, apiKey: key }))
  const buffering = async () => checkFeed(await open(), true, null).find(({ name }) => name === 'buffering')

  test('an event that comes long after the headers was held by something', async () => {
    proxy.behave((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      // Two seconds are long, counted by who reads, who may see the headers late.
      setTimeout(() => response.write(connected), 4000)
    })
    expect(await buffering()).toMatchObject({ outcome: 'warning', advice: expect.stringContaining('buffering off') })
  })

  test('headers without an event, and nothing at all, may be held by something', async () => {
    proxy.behave(behaviours.headersOnly, behaviours.noAnswer)
    const held = { outcome: 'warning', advice: expect.stringContaining('buffering off') }
    expect(await Promise.all([buffering(), buffering()])).toMatchObject([held, held])
  })

  test('a stream that does not open says nothing about buffering nor about the key', async () => {
    proxy.behave(answer(502))
    const checks = checkFeed(await open(), true, null)
    expect(checks.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['key', 'skipped'],
      ['feed', 'failed'],
      ['buffering', 'skipped'],
    ])
  })

  test('a proxy that wants a key where none is set says that', async () => {
    proxy.behave(answer(403))
    const [keyCheck] = checkFeed(await open(), false, null)
    expect(keyCheck).toMatchObject({ outcome: 'failed', detail: 'The proxy asks for an API key and none is set.' })
  })
})
