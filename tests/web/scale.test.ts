import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { limits } from '../../src-main/web/limits'
import { makeRow } from '../rpc/fake-app'
import { joinCrowd, type CrowdReader } from './crowd'
import { apiKey, startTestHost, type TestHost } from './test-host'
import { eventually } from '../fakes/eventually'

/*
 * The event stream of the host with as many readers as it promises to hold, over real sockets.
 */

const asOf = '2026-11-23T14:00:00.000Z'
const key = { 'X-Dashboard-Key': apiKey }
const domains = Array.from({ length: 20 }, (_, index) => `d${index}.example`)

let host: TestHost
let readers: CrowdReader[]
beforeEach(async () => {
  host = await startTestHost()
  readers = []
})
afterEach(async () => {
  for (const reader of readers) reader.leave()
  await host.close()
})

async function join(domain: string, headers: Record<string, string> = key): Promise<CrowdReader> {
  const reader = await joinCrowd(`${host.origin}/dashboard/sse?domain=${domain}`, headers)
  readers.push(reader)
  return reader
}

const connections = async () =>
  ((await (await host.get('/dashboard/api/sse-stats', key)).json()) as { connections: Record<string, number> })
    .connections

/** A thousand readers, fifty of each domain. */
async function fillHouse(headersOf: (domain: string, index: number) => Record<string, string> = () => key) {
  for (const domain of domains) {
    await Promise.all(Array.from({ length: 50 }, (_, index) => join(domain, headersOf(domain, index))))
  }
}

/** So many rows of each domain, all new in one look. */
function addRows(name: string, perDomain: number, change: Parameters<typeof makeRow>[0] = {}): void {
  const rows = domains.flatMap((domain) =>
    Array.from({ length: perDomain }, (_, index) => makeRow({ id: `${name}-${domain}-${index}`, domain, ...change })),
  )
  host.app.rows = rows
  host.app.emit({ type: 'data', asOf, newIds: rows.map(({ id }) => id).toReversed(), changedRows: 0 })
}

const idsOf = (name: string, domain: string, perDomain: number) =>
  Array.from({ length: perDomain }, (_, index) => `${name}-${domain}-${index}`)

test('a thousand readers of twenty domains each hear their own domain, whole and in order; one more is asked to wait', async () => {
  await fillHouse()
  expect(await connections()).toEqual(Object.fromEntries(domains.map((domain) => [domain, 50])))

  const refused = await join(domains[0]!)
  expect(refused.response.statusCode).toBe(429)
  expect(refused.response.headers['retry-after']).toBe(String(limits.streamRetrySeconds))

  addRows('first', 5)
  const house = readers.slice(0, 1000)
  await eventually(() => expect(house.filter(({ told }) => told.length < 5)).toEqual([]))
  for (const [index, { told }] of house.entries()) {
    expect(told).toEqual(idsOf('first', domains[Math.floor(index / 50)]!, 5))
  }

  // The network of all of them goes away; what is written meanwhile is told to each who comes back.
  const lastIds = house.map(({ lastEventId }) => lastEventId ?? '')
  for (const reader of readers.splice(0)) reader.leave()
  await eventually(async () => expect(await connections()).toEqual({}))
  addRows('second', 5)
  await fillHouse((domain, index) => ({ ...key, 'Last-Event-ID': lastIds[domains.indexOf(domain) * 50 + index]! }))
  await eventually(() => expect(readers.filter(({ told }) => told.length < 5)).toEqual([]))
  for (const [index, { told }] of readers.entries()) {
    expect(told).toEqual(idsOf('second', domains[Math.floor(index / 50)]!, 5))
  }
})

test('readers that stop reading are dropped one and all, while the others miss nothing', async () => {
  const [slow, quick] = [domains[0]!, domains[1]!]
  const stalled = await Promise.all(Array.from({ length: 10 }, () => join(slow)))
  const witnesses = await Promise.all(Array.from({ length: 10 }, () => join(quick)))
  for (const { response } of stalled) response.pause().socket.pause()

  const model = 'm'.repeat(200_000)
  let sent = 0
  await eventually(
    async () => {
      host.app.rows = [
        makeRow({ id: `s${(sent += 1)}`, domain: slow, model }),
        makeRow({ id: `q${sent}`, domain: quick }),
      ]
      host.app.emit({ type: 'data', asOf, newIds: [`q${sent}`, `s${sent}`], changedRows: 0 })
      expect(await connections()).toEqual({ [quick]: 10 })
    },
    { everyMs: 1 },
  )
  const all = Array.from({ length: sent }, (_, index) => `q${index + 1}`)
  await eventually(() => expect(witnesses.map(({ told }) => told)).toEqual(witnesses.map(() => all)))
})

test('ten thousand readers that came and went leave nothing behind', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  async function comeAndGo(count: number): Promise<number> {
    for (let done = 0; done < count; done += 50) {
      const some = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          joinCrowd(`${host.origin}/dashboard/sse?domain=${domains[index % domains.length]}`, key),
        ),
      )
      for (const reader of some) reader.leave()
    }
    await eventually(async () => expect(await connections()).toEqual({}))
    collect()
    collect()
    return process.memoryUsage().heapUsed
  }

  const before = await comeAndGo(2000)
  const after = await comeAndGo(10_000)
  const keptPerReader = (after - before) / 10_000
  // A session, a timer or a listener that stays would be some hundred bytes.
  expect(keptPerReader).toBeLessThan(100)
})
