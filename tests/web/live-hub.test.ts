import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createEventBacklog } from '../../src-main/web/event-backlog'
import { createLiveHub, type LiveHub } from '../../src-main/web/live-hub'
import { createFakeApp, makeRow, type FakeApp } from '../rpc/fake-app'
import { silentLog } from '../fakes/silent-log'

const asOf = '2026-11-23T14:00:00.000Z'

let app: FakeApp
let hub: LiveHub
beforeEach(() => {
  vi.useFakeTimers()
  app = createFakeApp()
  hub = createLiveHub(app, silentLog)
})
afterEach(() => {
  hub.close()
  vi.useRealTimers()
})

function listen(domain: string | null = null): string[] {
  const heard: string[] = []
  hub.subscribe({ domain, lastEventId: null, send: (text) => void heard.push(text) })
  return heard
}

const change = () => app.emit({ type: 'data', asOf, newIds: [], changedRows: 1 })
const metricsIn = (heard: string[]) => heard.filter((text) => text.includes('"metrics"'))

test('every half minute a comment keeps the connection open', async () => {
  const heard = listen()
  await vi.advanceTimersByTimeAsync(90_000)
  expect(heard.filter((text) => text === ': heartbeat\n\n')).toHaveLength(3)
})

test('metrics are sent at once, then at most every ten seconds, and only where something changed', async () => {
  app.domains = [
    { domain: 'acme.com', requests: 1, tokens: 1 },
    { domain: 'quiet.org', requests: 1, tokens: 1 },
  ]
  const heard = listen()
  change()
  await vi.advanceTimersByTimeAsync(0)
  expect(metricsIn(heard)).toHaveLength(2)

  for (let second = 0; second < 30; second += 1) {
    app.domains[0]!.requests += 1
    change()
    await vi.advanceTimersByTimeAsync(1000)
  }
  expect(metricsIn(heard)).toHaveLength(2 + 3)
  expect(
    metricsIn(heard)
      .slice(2)
      .every((text) => text.includes('acme.com')),
  ).toBe(true)

  await vi.advanceTimersByTimeAsync(60_000)
  const before = app.calls.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(app.calls).toHaveLength(before)
})

test('without readers nothing is counted', async () => {
  change()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(app.calls).toEqual([])
})

test('a flood of new rows is looked up in few questions and each row is told once', async () => {
  const heard = listen()
  app.rows = Array.from({ length: 600 }, (_, index) => makeRow({ id: `r${index}` }))
  for (let start = 0; start < 600; start += 100) {
    const newIds = app.rows.slice(start, start + 100).map((row) => row.id)
    app.emit({ type: 'data', asOf, newIds: newIds.toReversed(), changedRows: 0 })
  }
  await vi.advanceTimersByTimeAsync(0)
  const told = heard.flatMap((text) => /"id":"(r\d+)"/.exec(text)?.[1] ?? [])
  expect(told).toEqual(app.rows.map((row) => row.id))
  expect(app.calls.filter((call) => call.procedure === 'conversations.rows').length).toBeLessThanOrEqual(4)
})

test('who stopped hears no more, and a closed hub leaves no timer', async () => {
  const heard: string[] = []
  const stop = hub.subscribe({ domain: null, lastEventId: null, send: (text) => void heard.push(text) })
  stop()
  change()
  await vi.advanceTimersByTimeAsync(30_000)
  expect(heard).toHaveLength(1)
  hub.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('the backlog keeps the last thousand events', () => {
  const backlog = createEventBacklog()
  const ids = Array.from({ length: 1500 }, (_, index) => backlog.add({ domain: null, data: `${index}` }))
  expect(backlog.since(ids[1498] ?? null).map((event) => event.data)).toEqual(['1499'])
  expect(backlog.since(ids[1499] ?? null)).toEqual([])
  expect(backlog.since(ids[3] ?? null)).toHaveLength(1000)
  expect(backlog.since(null)).toEqual([])
  const skipped = backlog.nextId()
  backlog.add({ domain: null, data: 'after' })
  expect(backlog.since(skipped).map((event) => event.data)).toEqual(['after'])
})
