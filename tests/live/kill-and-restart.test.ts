import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import type { Log, Replica } from '../../src-main/core/ports'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import { createFeed } from '../../src-main/live/create-feed'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { openReplica } from '../../src-main/replica/open-replica'
import { startPostgresServer, type PostgresServer } from '../../src-main/sample/postgres-server'
import { answer, connected, conversation, startSseServer, stream } from '../fakes/misbehaving-sse-server'
import { briefTable } from '../postgres/fixtures'
import { runSql } from '../fakes/test-postgres'
import { eventually } from '../fakes/eventually'

/*
 * The whole way from a row to the replica, while database and proxy go away and come back. NEXUS_TEST_ROUNDS makes it
 * longer.
 */

const rounds = Number(process.env['NEXUS_TEST_ROUNDS'] ?? 2)
/** What the rows of one round may leave behind in the test's own lists, and the noise of a heap. */
const mostGrowthMb = 2
/** What the first losses load and keep once, as sums in memory: it comes whether there are two rounds or fifty. */
const keptOnceMb = 8

const log: Log = { info() {}, warn() {}, error() {} }

/** Writes a hundred rows a second as a proxy does: the row, then the event. What the database refused is no row. */
function startWriter(url: string, announce: (id: string) => void) {
  const written = new Set<string>()
  const ending = new AbortController()
  const done = (async () => {
    while (!ending.signal.aborted) {
      const client = new Client(url)
      client.on('error', () => undefined)
      try {
        await client.connect()
        const startedMs = performance.now()
        let count = 0
        while (!ending.signal.aborted) {
          const id = randomUUID()
          await client.query(
            `INSERT INTO requests (request_id, timestamp, domain, model, input_tokens, output_tokens, response_body)
              VALUES ($1, now(), 'acme.com', 'claude-sonnet-5', 1, 2, '{"usage":{"input_tokens":1,"output_tokens":2}}')`,
            [id],
          )
          written.add(id)
          announce(id)
          await delay(Math.max(0, startedMs + 10 * ++count - performance.now()))
        }
      } catch {
        await delay(50)
      } finally {
        await client.end().catch(() => undefined)
      }
    }
  })()
  function stop(): Promise<void> {
    ending.abort()
    return done
  }
  return { written, stop }
}

test(
  'no row is lost or doubled while database and feed are killed and come back, in every order',
  async () => {
    const directory = await mkdtemp(join(tmpdir(), 'nexus-test-restart-'))
    // Root's server runs as another user, who has to get through to its folder.
    await chmod(directory, 0o755)
    const settings = { fsync: 'off', full_page_writes: 'off' }
    let server: PostgresServer = await startPostgresServer({ directory: join(directory, 'server'), settings })
    const url = server.url()
    const port = Number(new URL(url).port)
    await runSql(url, briefTable)
    const proxy = await startSseServer(stream(connected))

    const ledger = createLedger(JSON.parse(await readFile('resources/claude-prices.json', 'utf8')))
    const source = createPostgresSource({ databaseUrl: url, log })
    const replica = await openReplica({ directory: join(directory, 'replica'), sourceKey: source.key, ledger, log })
    const sync = createSync({ source, replica, log, retentionDays: 90 })
    const feed = createFeed({ dashboardUrl: proxy.dashboardUrl, apiKey: 'k', pollEveryMs: 1000, log })
    const announced = new Map<string, number>()
    sync.onData(({ newIds }) => {
      for (const id of newIds) announced.set(id, (announced.get(id) ?? 0) + 1)
    })
    feed.onHint((hint) => sync.lookNow(hint.ids))
    sync.start()
    feed.start()
    const writer = startWriter(url, (id) => {
      for (const response of proxy.open) response.write(conversation(id))
    })

    const databaseOff = async () => server.stop()
    const databaseOn = async () => {
      server = await startPostgresServer({ directory: join(directory, 'server'), port, settings })
    }
    const feedOff = async () => {
      proxy.behave(answer(502))
      for (const response of proxy.open.toReversed()) response.destroy()
    }
    const feedOn = async () => proxy.behave(stream(connected))
    const orders = [
      [databaseOff, databaseOn],
      [feedOff, feedOn],
      [databaseOff, feedOff, databaseOn, feedOn],
      [databaseOff, feedOff, feedOn, databaseOn],
      [feedOff, databaseOff, databaseOn, feedOn],
      [feedOff, databaseOff, feedOn, databaseOn],
    ]
    const heapMb: number[] = []
    for (let round = 0; round < rounds; round++) {
      for (const order of orders) {
        for (const step of order) {
          await step()
          await delay(400)
        }
      }
      heapMb.push(heapInUseMb())
    }
    // A busy machine writes less than a hundred rows a second.
    await eventually(() => expect(writer.written.size).toBeGreaterThan(200))
    await writer.stop()

    const inDatabase = await runSql(
      url,
      'SELECT request_id::text AS id FROM requests ORDER BY timestamp DESC, request_id DESC',
    )
    expect(inDatabase.length).toBeGreaterThanOrEqual(writer.written.size)
    await eventually(async () => expect(await idsOf(replica)).toEqual(inDatabase.map(({ id }) => id)))
    expect([...announced.values()].filter((times) => times > 1)).toEqual([])
    expect(heapMb.at(-1)! - heapMb[0]!).toBeLessThan(keptOnceMb + mostGrowthMb * rounds)
    // Its next attempt may be half a minute away; a network that comes back makes it now.
    feed.resume()
    await eventually(() => expect(feed.state()).toMatchObject({ state: 'live', via: 'stream' }))

    await feed.close()
    await sync.close()
    await source.close()
    await replica.close()
    await proxy.close()
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  },
  180_000 * rounds,
)

/** Every row of the replica, newest first. */
async function idsOf(replica: Replica): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const window = { fromMs: 0, toMs: Date.now() + 3_600_000 }
    const page = await replica.list({ ...window, errorsOnly: false, limit: 500, cursor })
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  return ids
}

/** What is still held after the garbage is gone, buffers included. */
function heapInUseMb(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}
