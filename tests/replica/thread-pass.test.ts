import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readRequestBody } from '../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../src-main/core/bodies/read-response-body'
import { Failure } from '../../src-main/core/failure'
import { doneHere } from '../../src-main/core/remote-work'
import type { Source } from '../../src-main/core/ports'
import { fingerprint } from '../../src-main/core/threads/fingerprint'
import { linkThreads } from '../../src-main/core/threads/link-threads'
import { linkDomain } from '../../src-main/replica/link-domain'
import type { ReplicaStore } from '../../src-main/replica/open-replica'
import { createThreadWork } from '../../src-main/replica/thread-work'
import type { SampleRequest } from '../../src-main/sample/sample-request'
import { briefTable } from '../fakes/brief-table'
import { eventually } from '../fakes/eventually'
import { runSql, startTestPostgres, type TestPostgres } from '../fakes/test-postgres'
import { sampleRequests } from '../sample/sample-requests'
import { hourMs, isComplete, startSync, stateOf, temporaryFolder, type Running } from './replica-fixture'

let postgres: TestPostgres
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let url: string
let databases = 0
const open: Running[] = []
const endMs = Date.now()
const samples = [...sampleRequests(endMs, 14)].filter(({ timestampMs }) => timestampMs < endMs - 600_000)

beforeAll(async () => {
  postgres = await startTestPostgres()
})
afterAll(() => postgres?.stop())
beforeEach(async () => {
  folder = await temporaryFolder()
  url = await postgres.createDatabase(`threads_${++databases}`, briefTable)
})
afterEach(async () => {
  for (const running of open.splice(0)) await running.close()
  await folder.remove()
})

async function insert(requests: readonly SampleRequest[]): Promise<void> {
  for (let start = 0; start < requests.length; start += 100) {
    const part = requests.slice(start, start + 100)
    await runSql(
      url,
      `INSERT INTO requests SELECT (r->>'id')::uuid, to_timestamp((r->>'timestampMs')::float8 / 1000), r->>'domain',
         r->>'model', 10, 20, (r->>'requestBody')::jsonb, (r->>'responseBody')::jsonb, 100, true, 'inference'
       FROM jsonb_array_elements($1::jsonb) r`,
      [JSON.stringify(part)],
    )
  }
}

/** A running sync that counts which bodies it reads. */
async function follow(change: (source: Source) => Source = (source) => source) {
  const reads: string[] = []
  const running = await startSync(folder.path, url, {
    change: (source) =>
      change({
        ...source,
        readBodies(id, signal) {
          reads.push(id)
          return source.readBodies(id, signal)
        },
      }),
  })
  open.push(running)
  return { ...running, reads }
}

/** What joining all of these at once gives, by id. */
function expectedLinks(requests: readonly SampleRequest[]) {
  const links = linkThreads(
    requests.map(({ id, timestampMs, domain, requestBody, responseBody }) => ({
      id,
      timestampMs,
      domain,
      conversationId: null,
      branchId: null,
      print: fingerprint(readRequestBody(requestBody), readResponseBody(responseBody)),
    })),
  )
  return new Map(links.map((link) => [link.id, link]))
}

async function storedLinks(replica: ReplicaStore, requests: readonly SampleRequest[]) {
  const links = new Map()
  for (const { id } of requests) {
    if (links.has(id)) continue
    const thread = await replica.thread(id)
    for (const request of thread?.requests ?? []) if (request.turn !== null) links.set(request.link.id, request.link)
  }
  return links
}

/** Seldom asked: the questions take the machine from what they wait for. */
async function untilAllLinked({ replica, sync }: Pick<Running, 'replica' | 'sync'>): Promise<void> {
  await stateOf(sync, isComplete)
  await eventually(
    async () => {
      expect(await replica.unreadRows({ sinceUs: 0, mostRows: 100_000, limit: 1 })).toEqual([])
      expect(await replica.domainsToLink()).toEqual([])
    },
    { everyMs: 100 },
  )
}

async function expectAllLinked(
  running: Pick<Running, 'replica' | 'sync'>,
  requests: readonly SampleRequest[],
): Promise<void> {
  await untilAllLinked(running)
  const expected = expectedLinks(requests)
  const stored = await storedLinks(running.replica, requests)
  expect(stored.size).toBe(expected.size)
  for (const [id, link] of expected) expect(stored.get(id)).toEqual(link)
}

describe('the pass that joins requests to conversations', () => {
  test('joins all of them as joining them at once would, and reads each body once', async () => {
    await insert(samples)
    const running = await follow()
    const { reads } = running
    await expectAllLinked(running, samples)
    expect(samples.length).toBeGreaterThan(200)
    expect(new Set(reads).size).toBe(samples.length)
    expect(reads.length).toBe(samples.length)
  })

  test('says which requests begin a conversation, once nothing before them is unread', async () => {
    const links = expectedLinks(samples)
    const turn = [...links.values()].find(
      ({ kind, parentId }) => kind === 'turn' && links.get(parentId!)?.kind === 'start',
    )!
    const ids = [turn.parentId!, turn.id]
    const pair = samples.filter(({ id }) => ids.includes(id))
    await insert(pair)
    const { replica, sync } = await follow((source) => ({
      ...source,
      readBodies: () => Promise.reject(new Failure('database-unreachable')),
    }))
    await stateOf(sync, isComplete)
    const { signal } = new AbortController()
    const work = doneHere(createThreadWork())
    const readAndJoin = async ({ id, requestBody, responseBody }: SampleRequest): Promise<void> => {
      const row = (await replica.threadRow(id))!
      const print = await work.print({ request: requestBody, response: responseBody })
      await replica.keepPrints([{ row, ...print }])
      await linkDomain({ store: replica, work, signal }, row.domain, new Map())
    }
    await readAndJoin(pair.find(({ id }) => id === turn.id)!)
    expect(await replica.conversationStarts(ids)).toEqual(new Map())
    await readAndJoin(pair.find(({ id }) => id === turn.parentId)!)
    expect(await replica.conversationStarts(ids)).toEqual(
      new Map([
        [turn.parentId, true],
        [turn.id, false],
      ]),
    )
  })

  test('goes on where it was stopped, and reads nothing twice', async () => {
    await insert(samples.slice(0, 100))
    const first = await follow()
    await eventually(() => expect(first.reads.length).toBeGreaterThan(20))
    await open.pop()!.close()
    const kept = new Set(first.reads)
    const second = await follow()
    await expectAllLinked(second, samples.slice(0, 100))
    // The one read that was cut off is done again.
    expect(second.reads.filter((id) => kept.has(id)).length).toBeLessThanOrEqual(1)
    expect(new Set([...first.reads, ...second.reads]).size).toBe(100)
  })

  test('comes to the same links in whatever order requests and answers arrive', async () => {
    const chosen = samples.filter(({ timestampMs }) => timestampMs > endMs - 12 * hourMs).slice(0, 120)
    const shuffled = chosen.toSorted((a, b) => (a.id.slice(-6) < b.id.slice(-6) ? -1 : 1))
    await insert(shuffled.slice(0, 40).map((request) => ({ ...request, responseBody: null })))
    const running = await follow()
    const { sync, reads } = running
    await eventually(() => expect(reads.length).toBeGreaterThan(0))
    await insert(shuffled.slice(40, 80))
    await sync.lookNow(shuffled.slice(40, 80).map(({ id }) => id))
    await insert(shuffled.slice(80))
    for (const { id, responseBody } of shuffled.slice(0, 40)) {
      await runSql(url, 'UPDATE requests SET response_body = $2::jsonb WHERE request_id = $1', [id, responseBody])
    }
    await sync.lookNow(shuffled.map(({ id }) => id))
    await expectAllLinked(running, chosen)
  })

  test('leaves out a body that the source cannot open in time, and goes on after an outage', async () => {
    const [slow] = samples
    await insert(samples.slice(0, 40))
    let outages = 2
    const running = await follow((source) => ({
      ...source,
      async readBodies(id, signal) {
        if (id === slow!.id) throw new Failure('database-timeout')
        if (outages-- > 0) throw new Failure('database-unreachable')
        return source.readBodies(id, signal)
      },
    }))
    await untilAllLinked(running)
    expect((await running.replica.thread(slow!.id))?.requests.map(({ row }) => row.id)).toEqual([slow!.id])
  })
})

describe('a request that is opened before the pass came to it', () => {
  test('is joined with what is around it at once', async () => {
    const old = samples.map((request) => ({ ...request, timestampMs: request.timestampMs - 50 * 24 * hourMs }))
    const domains = [...new Set(old.map(({ domain }) => domain))]
    const [, ofDomain] = domains
      .map((domain) => old.filter((request) => request.domain === domain))
      .toSorted((a, b) => b.length - a.length)
    await insert(ofDomain!)
    const { replica, sync, reads } = await follow()
    await stateOf(sync, isComplete)
    const links = expectedLinks(ofDomain!)
    const opened = [...links.values()].find(({ kind }) => kind === 'turn')!
    expect((await replica.thread(opened.id))?.requests.length).toBe(1)
    // Each call waits a second or two at most; a busy machine may need some.
    await eventually(async () => {
      await sync.readNear(opened.id)
      const thread = await replica.thread(opened.id)
      expect(thread?.requests.map(({ link }) => link.id)).toEqual(
        [...links.values()]
          .filter(({ conversationId }) => conversationId === opened.conversationId)
          .map(({ id }) => id),
      )
    })
    expect(new Set(reads).size).toBe(reads.length)
  })

  test('stands alone when it is unknown to threading, and is nobody when it is unknown', async () => {
    const [one] = samples
    await insert([{ ...one!, timestampMs: one!.timestampMs - 60 * 24 * hourMs }])
    const { replica, sync } = await follow()
    await stateOf(sync, isComplete)
    const thread = await replica.thread(one!.id)
    expect(thread).toMatchObject({ conversationId: one!.id, unread: 1, requests: [{ turn: null }] })
    expect(await replica.thread('00000000-0000-4000-8000-000000000000')).toBeNull()
    await sync.readNear('00000000-0000-4000-8000-000000000000')
  })
})
