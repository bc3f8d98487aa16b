import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { buildApp, refuseToOpenExternal } from '../../src-main/app/build-app'
import { readEnvironment } from '../../src-main/app/environment'
import { createFileLog } from '../../src-main/app/file-log'
import { startPostgresServer, type PostgresServer } from '../../src-main/sample/postgres-server'
import { briefTable } from '../fakes/brief-table'
import { eventually } from '../fakes/eventually'
import { answer, connected, conversation, startSseServer, stream } from '../fakes/misbehaving-sse-server'
import { runSql } from '../fakes/test-postgres'

/*
 * The whole app while its database is killed without warning and its feed goes away, over and over, and a proxy goes
 * on writing. The order within one round is another each time.
 */

const rounds = 3
const context = { signal: undefined }
const capabilities = {
  canManageConnections: true,
  canOpenExternal: false,
  canNotify: false,
  hasTray: false,
  canSignOut: false,
  canUpdate: false,
}

/** A hundred rows a second, each told on the stream; a row that the database did not confirm is not counted. */
function startWriter(url: string, tell: (id: string) => void) {
  const confirmed = new Set<string>()
  const ending = new AbortController()
  const done = (async () => {
    while (!ending.signal.aborted) {
      const client = new Client(url)
      client.on('error', () => undefined)
      try {
        await client.connect()
        while (!ending.signal.aborted) {
          const id = randomUUID()
          await client.query(
            `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, response_body)
              VALUES ($1, now(), 'acme.com', 'claude-sonnet-4-5', 1, 2, '{"usage":{"input_tokens":1,"output_tokens":2}}')`,
            [id],
          )
          confirmed.add(id)
          tell(id)
          await delay(10)
        }
      } catch {
        await delay(50)
      } finally {
        await client.end().catch(() => undefined)
      }
    }
  })()
  return {
    confirmed,
    stop() {
      ending.abort()
      return done
    },
  }
}

test('the app says what is away while database and feed are killed in a loop, loses nothing, and grows by nothing', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const directory = await mkdtemp(join(tmpdir(), 'nexus-test-loop-'))
  // Root's server runs as another user, who has to get through to its folder.
  await chmod(directory, 0o755)
  const home = join(directory, 'server')
  const settings = { fsync: 'off', full_page_writes: 'off' }
  let server: PostgresServer = await startPostgresServer({ directory: home, settings })
  const url = server.url()
  const port = Number(new URL(url).port)
  await runSql(url, briefTable)
  const proxy = await startSseServer(stream(connected))
  const app = await buildApp({
    environment: readEnvironment({
      DATABASE_URL: url,
      NEXUS_FEED_URL: proxy.dashboardUrl,
      NEXUS_DATA_DIR: join(directory, 'app'),
    }),
    host: { name: 'test', version: '0', capabilities, openExternal: refuseToOpenExternal },
    openSampleWhenEmpty: false,
    log: createFileLog({ directory: join(directory, 'app') }),
  })
  const current = () => app.api.workspace.current(undefined, context)
  let mayBeLive = true
  let lies = 0
  const announced = new Map<string, number>()
  app.onEvent((event) => {
    if (event.type === 'workspace') {
      const { feed } = event.workspace
      if (!mayBeLive && feed?.state === 'live' && feed.via === 'stream') lies++
    } else if (event.type === 'data') {
      for (const id of event.newIds) announced.set(id, (announced.get(id) ?? 0) + 1)
    }
  })
  const isWhole = () =>
    eventually(async () => {
      const { source, sync, feed } = await current()
      expect(source).toMatchObject({ state: 'connected', failure: null })
      expect(sync).toMatchObject({ failure: null })
      expect(feed).toMatchObject({ state: 'live', via: 'stream' })
    })
  await isWhole()
  const writer = startWriter(url, (id) => {
    for (const response of proxy.open) response.write(conversation(id))
  })

  const steps = {
    async killDatabase() {
      const [pid] = (await readFile(join(home, 'data', 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), 'SIGKILL')
      await server.stop()
      await eventually(async () => {
        // Its sessions end a moment after it.
        await app.api.workspace.syncNow(undefined, context).catch(() => undefined)
        const { source } = await current()
        expect(source).toMatchObject({ state: 'unreachable', failure: { code: expect.stringMatching(/^database-/) } })
      })
    },
    async startDatabase() {
      server = await startPostgresServer({ directory: home, port, settings })
      await app.api.workspace.syncNow(undefined, context).catch(() => undefined)
    },
    async killFeed() {
      proxy.behave(answer(502))
      for (const response of proxy.open.toReversed()) response.destroy()
      await eventually(async () => {
        const { feed } = await current()
        expect(feed?.via).not.toBe('stream')
        expect(feed?.failure?.code).toBe('feed-unreachable')
      })
      mayBeLive = false
    },
    async startFeed() {
      mayBeLive = true
      proxy.behave(stream(connected))
      // Its next attempt may be half a minute away; a network that comes back makes it now.
      app.resume()
    },
  } satisfies Record<string, () => Promise<void>>
  const orders: (keyof typeof steps)[][] = [
    ['killDatabase', 'startDatabase'],
    ['killFeed', 'startFeed'],
    ['killDatabase', 'killFeed', 'startFeed', 'startDatabase'],
    ['killFeed', 'killDatabase', 'startDatabase', 'startFeed'],
  ]

  const heapBytes: number[] = []
  const openThings: number[] = []
  for (let round = 0; round < rounds; round++) {
    for (const [index] of orders.entries()) {
      for (const step of orders[(index + round) % orders.length]!) await steps[step]()
      await isWhole()
    }
    collect()
    heapBytes.push(process.memoryUsage().heapUsed)
    openThings.push(process.getActiveResourcesInfo().length)
  }
  // A busy machine writes less than a hundred rows a second.
  await eventually(() => expect(writer.confirmed.size).toBeGreaterThan(100))
  await writer.stop()

  const inDatabase = await runSql(url, 'SELECT request_id::text AS id FROM requests ORDER BY 1')
  const ids = inDatabase.map(({ id }) => String(id))
  expect(ids).toEqual(expect.arrayContaining([...writer.confirmed]))
  await eventually(async () => {
    const { total } = await app.api.conversations.list({ hours: 24 }, context)
    expect(total).toBe(ids.length)
  })
  const copied: string[] = []
  let cursor: string | undefined
  do {
    const page = await app.api.conversations.list({ hours: 24, limit: 500, ...(cursor && { cursor }) }, context)
    copied.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  expect(copied.toSorted()).toEqual(ids)
  expect([...announced.values()].filter((times) => times > 1)).toEqual([])
  expect(lies).toBe(0)
  // A round that leaves a connection, a timer or a batch behind would show.
  expect(heapBytes.at(-1)! - heapBytes[0]!).toBeLessThan(6_000_000)
  expect(openThings.at(-1)! - openThings[0]!).toBeLessThanOrEqual(5)

  await app.close()
  await proxy.close()
  await server.stop()
  await rm(directory, { recursive: true, force: true })
})
