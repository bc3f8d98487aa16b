import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedger } from '../../src-main/core/pricing/create-ledger'
import type { Source, Sync } from '../../src-main/core/ports'
import { createFeed } from '../../src-main/live/create-feed'
import { createPostgresSource } from '../../src-main/postgres/postgres-source'
import { createSync } from '../../src-main/replica/create-sync'
import { openReplica, type ReplicaStore } from '../../src-main/replica/open-replica'
import { briefTable } from '../fakes/brief-table'
import { eventually } from '../fakes/eventually'
import {
  answer,
  behaviours,
  connected,
  conversation,
  endingStream,
  metrics,
  startSseServer,
  stream,
  type Behaviour,
} from '../fakes/misbehaving-sse-server'
import { silentLog } from '../fakes/silent-log'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'

/*
 * Whatever a stream does or says, the replica ends equal to the database: hints make it look, and are never believed.
 */

let postgres: TestPostgres
let url: string
let directory: string
let source: Source
let replica: ReplicaStore
let sync: Sync

beforeAll(async () => {
  postgres = await startTestPostgres()
  url = await postgres.createDatabase('true', briefTable)
  directory = await mkdtemp(join(tmpdir(), 'nexus-test-true-'))
  const ledger = createLedger(JSON.parse(await readFile('resources/claude-prices.json', 'utf8')))
  source = createPostgresSource({ databaseUrl: url, log: silentLog })
  replica = await openReplica({ directory, sourceKey: 'true', ledger, log: silentLog })
  sync = createSync({ source, replica, log: silentLog, retentionDays: 2 })
  sync.start()
  await eventually(() => expect(sync.state().phase).toBe('following'))
})
afterAll(async () => {
  await sync?.close()
  await source?.close()
  await replica?.close()
  await postgres?.stop()
  await rm(directory, { recursive: true, force: true })
})

async function write(): Promise<string> {
  const id = randomUUID()
  await runSql(url, `INSERT INTO requests (request_id, timestamp, domain) VALUES ('${id}', now(), 'acme.com')`)
  return id
}

const strange = randomUUID()
const bytes = (...values: number[]) => new Uint8Array(values)
const cases: [string, ...Behaviour[]][] = [
  ['takes the call and says nothing', behaviours.noAnswer],
  ['sends headers alone', behaviours.headersOnly],
  ['cuts the line at once', behaviours.cutsTheLine],
  ['cuts the line within an event', behaviours.cutsInTheMiddle],
  ['ends at once, each time', endingStream(connected)],
  ['ends at once, then stays', endingStream(connected), stream(connected)],
  ['wants another key', answer(401)],
  ['sends to a login page', answer(302, { location: '/login' })],
  ['shows a page instead', answer(200, { 'content-type': 'text/html' }, '<!doctype html>')],
  ['has no stream', answer(404)],
  ['asks to wait', answer(429, { 'retry-after': '3600' })],
  ['is broken', answer(503)],
  ['floods metrics', stream(connected, metrics.repeat(20_000))],
  ['tells of a row that is not there', stream(connected, conversation(strange))],
  ['tells of the same row a thousand times', stream(connected, conversation(strange).repeat(1000))],
  ['names no row', stream(connected, conversation(null))],
  ['sends what is no JSON', stream(connected, 'data: {"type":"conversation"\n\n', 'data: [1]\n\n')],
  ['sends what is no UTF-8', stream(connected, bytes(0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0xfe, 0x0a, 0x0a))],
  ['sends an event of a megabyte', stream(connected, conversation(strange, { text: 'x'.repeat(1_000_000) }))],
  ['sends an event without an end', stream(connected, 'data: '.concat('x'.repeat(9_000_000)))],
  ['sends other kinds of events', stream(connected, 'event: other\ndata: {}\n\n', ': comment\n\n', 'id: 7\n\n')],
]

test.each(cases)('a stream that %s leaves the replica equal to the database', async (_name, ...behaviour) => {
  const server = await startSseServer(...behaviour)
  const feed = createFeed({ dashboardUrl: server.dashboardUrl, apiKey: 'k', pollEveryMs: 250, log: silentLog })
  feed.onHint((hint) => sync.lookNow(hint.ids))
  const announced: string[] = []
  const stop = sync.onData(({ newIds }) => announced.push(...newIds))
  const written = [await write()]
  feed.start()
  await eventually(() => expect(server.requests.length).toBeGreaterThan(0))
  // One that is told where anybody listens, and one that is not.
  written.push(await write())
  for (const response of server.open) if (response.headersSent) response.write(conversation(written[1]!))
  written.push(await write())

  await eventually(() => expect(announced).toHaveLength(3))
  expect(announced.toSorted()).toEqual(written.toSorted())
  const list = await replica.list({
    fromMs: 0,
    toMs: Date.now() + 60_000,
    errorsOnly: false,
    limit: 500,
    cursor: undefined,
  })
  const inDatabase = await runSql(url, 'SELECT request_id::text AS id FROM requests ORDER BY timestamp DESC, 1 DESC')
  expect(list.items.map(({ id }) => id)).toEqual(inDatabase.map(({ id }) => id))
  stop()
  await feed.close()
  await server.close()
})
