import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createORPCClient, safe } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../src-main/app/app'
import { buildApp, refuseToOpenExternal } from '../../src-main/app/build-app'
import { readEnvironment } from '../../src-main/app/environment'
import { createFileLog } from '../../src-main/app/file-log'
import type { contract } from '../../src-main/contract'
import { createWebHost, type WebHost } from '../../src-main/web/create-web-host'
import { briefTable } from '../fakes/brief-table'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { callByName, listProcedures } from '../rpc/calls'
import { openSse } from './sse-client'
import { eventually } from '../fakes/eventually'

/*
 * The browser host over the real app and a real PostgreSQL: what the test double cannot show.
 */

const apiKey = 'canary-dashboard-key-1f0c'
const feedKey = 'canary-feed-key-7d2e'
const role = { name: 'reader', password: 'canary-password-93ab' }
const asKey = { 'X-Dashboard-Key': apiKey }

let postgres: TestPostgres
let databaseUrl: string
let directory: string
let app: App
let host: WebHost
let origin: string
let client: ContractRouterClient<typeof contract>

beforeAll(async () => {
  postgres = await startTestPostgres()
  const adminUrl = await postgres.createDatabase(
    'web',
    `${briefTable}
     CREATE ROLE ${role.name} LOGIN PASSWORD '${role.password}';
     GRANT SELECT ON requests TO ${role.name};
     ${insertRow('1 hour', 'acme.com')}; ${insertRow('2 hours', 'globex.io')}; ${insertRow('3 hours', 'acme.com')}`,
  )
  const url = new URL(adminUrl)
  url.username = role.name
  url.password = role.password
  databaseUrl = url.href
  directory = mkdtempSync(join(tmpdir(), 'nexus-web-real-'))
  const log = createFileLog({ directory })
  log.keepOut(apiKey)
  const environment = readEnvironment({
    DATABASE_URL: databaseUrl,
    DASHBOARD_API_KEY: apiKey,
    NEXUS_FEED_URL: 'http://127.0.0.1:9/dashboard',
    NEXUS_FEED_KEY: feedKey,
    NEXUS_DATA_DIR: directory,
  })
  const capabilities = {
    canManageConnections: true,
    canOpenExternal: false,
    canNotify: false,
    hasTray: false,
    canSignOut: true,
    canUpdate: false,
  }
  app = await buildApp({
    environment,
    host: { name: 'web', version: '0', capabilities, openExternal: refuseToOpenExternal },
    openSampleWhenEmpty: true,
    log,
  })
  mkdirSync(join(directory, 'renderer'))
  writeFileSync(join(directory, 'renderer', 'index.html'), '<!doctype html><title>page</title>')
  host = await createWebHost({
    app,
    apiKey,
    offersLink: false,
    enabled: true,
    host: '127.0.0.1',
    port: 0,
    rendererDirectory: join(directory, 'renderer'),
    version: '0',
    log,
  })
  ;({ origin } = new URL(host.url))
  client = createORPCClient(new RPCLink({ url: `${origin}/dashboard/rpc`, headers: asKey }))
  await eventually(async () => expect((await client.workspace.health()).status).toBe('ok'))
})

afterAll(async () => {
  await host?.close()
  await app?.close()
  await postgres?.stop()
  if (directory) rmSync(directory, { recursive: true, force: true })
})

function insertRow(ago: string, domain: string): string {
  const messages = '{"model":"claude-sonnet-4-5","messages":[{"role":"user","content":"Where is my parcel?"}]}'
  const answer = '{"type":"message","role":"assistant","content":[],"usage":{"input_tokens":1000,"output_tokens":234}}'
  return `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, request_body, response_body)
    VALUES (gen_random_uuid(), now() - interval '${ago}', '${domain}', 'claude-sonnet-4-5', 1000, 234, '${messages}', '${answer}')
    RETURNING request_id`
}

async function getJson(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${origin}/dashboard/api/${path}`, { headers: { ...asKey, Accept: 'application/json' } })
  return (await response.json()) as Record<string, unknown>
}

test('REST and calls give the same figures, those of the database', async () => {
  await eventually(async () => expect((await getJson('stats')).requests).toBe(3))
  expect(await getJson('stats')).toMatchObject({ requests: 3, inputTokens: 3000, outputTokens: 702, activeDomains: 2 })
  expect(await getJson('stats?domain=acme.com')).toMatchObject({ requests: 2, activeDomains: 1 })
  expect(await client.usage.stats({ domain: 'acme.com' })).toMatchObject({ requests: 2, activeDomains: 1 })
  const list = await getJson('conversations?limit=2')
  expect(list).toMatchObject({ total: 3, items: [{ domain: 'acme.com' }, { domain: 'globex.io' }] })
  const rest = await getJson(`conversations?limit=2&cursor=${encodeURIComponent(String(list.nextCursor))}`)
  expect(rest).toMatchObject({ items: [{ domain: 'acme.com' }], nextCursor: null })
})

test('a query narrows every list and figure, and says where it is not understood', async () => {
  const q = encodeURIComponent('model:*sonnet* -domain:globex.io tokens:>1000')
  expect(await getJson(`stats?q=${q}`)).toMatchObject({ requests: 2, activeDomains: 1 })
  expect(await getJson(`domains?q=${q}`)).toMatchObject({ items: [{ domain: 'acme.com', requests: 2 }] })
  expect(await getJson(`conversations?q=${q}&sort=tokens&order=asc`)).toMatchObject({ total: 2 })
  expect(await client.usage.overview({ q: 'domain:globex.io' })).toMatchObject({ stats: { requests: 1 } })
  expect(await getJson('stats?q=modle:x')).toMatchObject({
    error: {
      code: 'invalid-input',
      message: expect.stringContaining('modle'),
      hint: expect.stringContaining('1 to 6: write model:'),
    },
  })
})

test('a row that is written is told to who listens, and is in the list by then', async () => {
  const sse = await openSse(`${origin}/dashboard/sse?domain=live.com`, asKey)
  const adminUrl = postgres.url('web')
  const [row] = await runSql(adminUrl, insertRow('0 seconds', 'live.com'))
  const id = row?.['request_id']
  await eventually(() =>
    expect(sse.events.find(({ body }) => body.type === 'conversation')?.body.data).toMatchObject({
      id,
      tokens: 1234,
    }),
  )
  const list = await getJson('conversations?domain=live.com')
  expect(list).toMatchObject({ total: 1, items: [{ id, preview: 'Where is my parcel?' }] })
  sse.leave()

  const page = await fetch(`${origin}/dashboard/conversation/00000000-0000-4000-8000-000000000000`, { headers: asKey })
  expect(page.status).toBe(404)
})

test('no answer of any procedure and no line of the log holds a secret', async () => {
  const [known] = await runSql(postgres.url('web'), 'SELECT request_id FROM requests LIMIT 1')
  const id = String(known?.['request_id'])
  const draft = {
    name: 'x',
    colour: 'teal',
    databaseUrl,
    dashboardUrl: 'http://127.0.0.1:9/dashboard',
    apiKey: feedKey,
  }
  const wrong = { ...draft, databaseUrl: databaseUrl.replace('/web', `/none-${role.password}`) }
  const inputs: Record<string, unknown[]> = {
    'conversations.rows': [{ ids: [id] }],
    'conversations.get': [{ id }],
    'conversations.getWithRaw': [{ id }],
    'conversations.raw': [{ id }],
    'connections.test': [draft, wrong],
    'connections.save': [draft, wrong, { ...draft, databaseUrl: role.password }],
    'connections.remove': [{ id: apiKey }],
    'connections.open': [{ id: apiKey }],
    'host.openExternal': [{ url: `https://x/?key=${apiKey}` }],
  }
  const replies: unknown[] = []
  for (const { name, inputSchema } of listProcedures()) {
    if (name === 'workspace.events') continue
    for (const input of inputs[name] ?? [inputSchema ? {} : undefined]) {
      const { data, error } = await safe(callByName(client, name, input))
      replies.push([name, data, error && { ...error, message: String(error), cause: String(error.cause) }])
    }
  }
  const stream = await client.workspace.events()
  replies.push(await stream.next())
  await stream.return()
  for (const path of ['/dashboard', '/dashboard/login', '/dashboard/api/openapi.json', '/dashboard/api/sse-stats']) {
    replies.push(await (await fetch(origin + path, { headers: asKey })).text())
  }

  const said = JSON.stringify(replies)
  const logged = readFileSync(join(directory, 'nexus.log'), 'utf8')
  expect(said.length).toBeGreaterThan(5000)
  for (const secret of [apiKey, feedKey, role.password]) {
    expect(said, secret).not.toContain(secret)
    expect(logged, secret).not.toContain(secret)
  }
})
