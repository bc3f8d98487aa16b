import { describe, expect, test } from 'vitest'
import type { RequestRow } from '../../../src-main/contract/conversations'
import { defaultNotifications, type NotificationSettings } from '../../../src-main/contract/notifications'
import {
  decideNotifications,
  nothingShown,
  type NotificationHistory,
} from '../../../src-main/core/alerts/decide-notifications'

const connectedMs = Date.parse('2026-03-01T12:00:00Z')
const nowMs = connectedMs + 60_000
let lastId = 0

function row(change: Partial<RequestRow> = {}): RequestRow {
  lastId += 1
  return {
    id: `00000000-0000-0000-0000-${String(lastId).padStart(12, '0')}`,
    timestamp: new Date(connectedMs + lastId).toISOString(),
    domain: 'acme.com',
    model: 'claude-sonnet-4-5',
    requestType: null,
    inputTokens: 1000,
    outputTokens: 200,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    totalTokens: 1200,
    costUsd: 0.42,
    responseTimeMs: 900,
    stream: false,
    error: false,
    answered: true,
    stopReason: null,
    preview: 'a secret of the user',
    ...change,
  }
}

const rows = (count: number, change: Partial<RequestRow> = {}) => Array.from({ length: count }, () => row(change))

function decide(
  news: RequestRow[],
  options: {
    settings?: Partial<NotificationSettings>
    history?: NotificationHistory
    atMs?: number
    timeZone?: string
    pausedUntilMs?: number
    starts?: Record<string, boolean>
  } = {},
) {
  return decideNotifications(news, options.history ?? nothingShown, {
    settings: { ...defaultNotifications, ...options.settings },
    nowMs: options.atMs ?? nowMs,
    timeZone: options.timeZone ?? 'UTC',
    connectedMs,
    pausedUntilMs: options.pausedUntilMs ?? null,
    starts: new Map(Object.entries(options.starts ?? {})),
  })
}

const titles = (decision: { notifications: { title: string }[] }) => decision.notifications.map(({ title }) => title)

describe('what is said', () => {
  test('one request is told of by its figures, without a word of what was asked, and opens its conversation', () => {
    const only = row()
    expect(decide([only]).notifications).toEqual([
      {
        id: only.id,
        title: 'New in acme.com',
        body: 'claude-sonnet-4-5 · 1,200 tokens · $0.42',
        path: `conversation/${only.id}`,
        isError: false,
      },
    ])
  })

  test('several requests of a domain are one notification that opens the list of the domain', () => {
    const { notifications, count } = decide([...rows(11), row({ error: true })])
    expect(notifications).toMatchObject([
      { title: '12 new in acme.com', body: '1 failed · $5.04 in all', path: 'conversations?domain=acme.com' },
    ])
    expect(count).toBe(12)
  })

  test('a request that failed says so', () => {
    expect(decide([row({ error: true })]).notifications).toMatchObject([{ title: 'Failed in acme.com', isError: true }])
  })

  test('a request without domain, model or price is told of with what is known', () => {
    const bare = row({ domain: null, model: null, costUsd: null, totalTokens: 0 })
    expect(decide([bare]).notifications).toMatchObject([{ title: 'New in requests without a domain', body: '' }])
  })

  test('a domain cannot add to the address that a click opens', () => {
    const [notification] = decide(rows(2, { domain: 'a&window=90d#/../settings' })).notifications
    expect(notification?.path).toBe('conversations?domain=a%26window%3D90d%23%2F..%2Fsettings')
  })
})

describe('what is kept quiet', () => {
  test('nothing is said of rows that were written before the app connected', () => {
    const old = row({ timestamp: new Date(connectedMs - 1).toISOString() })
    expect(decide([old])).toMatchObject({ notifications: [], count: 0, waiting: [] })
    expect(decide([row({ timestamp: new Date(connectedMs).toISOString() })]).count).toBe(1)
  })

  test('one switch turns everything off, also what was held', () => {
    const history = { shownMs: [], held: [{ domain: 'a', count: 3, errors: 0, costUsd: 0, newest: row() }] }
    const decision = decide(rows(3), { settings: { isOn: false }, history })
    expect(decision).toMatchObject({ notifications: [], count: 0, waiting: [], history: { held: [] } })
  })

  test('a pause counts and shows nothing, until it is over', () => {
    expect(decide(rows(2), { pausedUntilMs: nowMs + 1 })).toMatchObject({ notifications: [], count: 2 })
    expect(titles(decide(rows(2), { pausedUntilMs: nowMs }))).toEqual(['2 new in acme.com'])
  })

  test.each([
    ['22:00', '07:00', '2026-07-01T21:59:00Z', 'UTC', false],
    ['22:00', '07:00', '2026-07-01T22:00:00Z', 'UTC', true],
    ['22:00', '07:00', '2026-07-02T00:00:00Z', 'UTC', true],
    ['22:00', '07:00', '2026-07-02T06:59:59Z', 'UTC', true],
    ['22:00', '07:00', '2026-07-02T07:00:00Z', 'UTC', false],
    ['12:00', '13:00', '2026-07-01T12:30:00Z', 'UTC', true],
    ['12:00', '13:00', '2026-07-01T13:00:00Z', 'UTC', false],
    // Two hours ahead in summer.
    ['22:00', '07:00', '2026-07-01T20:00:00Z', 'Europe/Berlin', true],
    ['22:00', '07:00', '2026-07-01T05:30:00Z', 'Europe/Berlin', false],
    // The night in which the clock jumps from 2 to 3.
    ['02:30', '03:15', '2026-03-29T01:10:00Z', 'Europe/Berlin', true],
    ['22:00', '07:00', '2026-07-01T18:15:00Z', 'Asia/Kathmandu', true],
  ])('quiet from %s to %s at %s in %s: %s', (from, to, at, timeZone, isQuiet) => {
    const decision = decide(rows(1), { settings: { quietHours: { from, to } }, timeZone, atMs: Date.parse(at) })
    expect(decision.notifications.length).toBe(isQuiet ? 0 : 1)
    expect(decision.count).toBe(1)
  })
})

describe('the rules of the domains', () => {
  test('a domain has its own rule, every other the common one', () => {
    const decision = decide(
      [row({ domain: 'loud.example' }), row({ domain: 'quiet.example' }), row({ domain: null })],
      {
        settings: {
          rule: { kind: 'never' },
          domainRules: [
            { domain: 'loud.example', rule: { kind: 'all' } },
            { domain: '', rule: { kind: 'all' } },
          ],
        },
      },
    )
    expect(titles(decision)).toEqual(['New in loud.example', 'New in requests without a domain'])
  })

  test('errors only: what failed is told, what is not known yet waits for its answer', () => {
    const [good, bad, unknown] = [row(), row({ error: true }), row({ error: null })]
    const decision = decide([good, bad, unknown], { settings: { rule: { kind: 'errors' } } })
    expect(decision.notifications.map(({ id }) => id)).toEqual([bad.id])
    expect(decision.waiting).toEqual([unknown])
  })

  test('first of a conversation: what begins one is told, what carries one on never, and the rest waits to be joined', () => {
    const settings = { rule: { kind: 'first' as const } }
    const [first, later, unknown] = [row(), row({ error: true }), row()]
    const starts = { [first.id]: true, [later.id]: false }
    const decision = decide([first, later, unknown], { settings, starts })
    expect(decision).toMatchObject({ count: 1, notifications: [{ id: first.id }], waiting: [unknown] })
  })

  test('above a cost: more than it is told at once, less waits while the answer can still add to it', () => {
    const settings = { rule: { kind: 'above-cost' as const, costUsd: 1 } }
    const dear = row({ costUsd: 1.01, error: null })
    const even = row({ costUsd: 1 })
    const growing = row({ costUsd: 0.5, error: null })
    const unpriced = row({ costUsd: null })
    const decision = decide([dear, even, growing, unpriced], { settings })
    expect(decision.notifications.map(({ id }) => id)).toEqual([dear.id])
    expect(decision.waiting).toEqual([growing])
    expect(titles(decide([{ ...growing, costUsd: 1.5, error: false }], { settings }))).toEqual(['New in acme.com'])
  })
})

describe('the limit per minute', () => {
  const domains = (count: number) => Array.from({ length: count }, (_, n) => row({ domain: `d${n}.example` }))

  test('more domains than there is room for share the last notification', () => {
    const decision = decide(domains(7), { settings: { perMinute: 3 } })
    expect(titles(decision)).toEqual(['New in d0.example', 'New in d1.example', '5 new in 5 domains'])
    expect(titles(decide(domains(4), { settings: { perMinute: 1 } }))).toEqual(['4 new in 4 domains'])
  })

  test('what there is no room for is held, and told together when there is', () => {
    const settings = { perMinute: 1 }
    const first = decide(rows(1), { settings })
    const second = decide(rows(2), { settings, history: first.history, atMs: nowMs + 1000 })
    const third = decide(rows(3), { settings, history: second.history, atMs: nowMs + 2000 })
    expect([second.notifications, third.notifications]).toEqual([[], []])
    expect(third.nextRoomMs).toBe(nowMs + 60_000)
    const last = decide([], { settings, history: third.history, atMs: nowMs + 60_000 })
    expect(titles(last)).toEqual(['5 new in acme.com'])
    expect(last).toMatchObject({ count: 0, nextRoomMs: null, history: { held: [] } })
  })

  test('no minute of an hour of steady rows has more notifications than allowed, and no row is left out', () => {
    const settings = { perMinute: 4 }
    let history: NotificationHistory = nothingShown
    const shown: { atMs: number; title: string }[] = []
    for (let second = 0; second < 3600; second++) {
      const atMs = nowMs + second * 1000
      const decision = decide(second < 3500 ? rows(1) : [], { settings, history, atMs })
      history = decision.history
      shown.push(...decision.notifications.map(({ title }) => ({ atMs, title })))
    }
    const busiest = Math.max(
      ...shown.map((a) => shown.filter((b) => b.atMs >= a.atMs && b.atMs < a.atMs + 60_000).length),
    )
    expect(busiest).toBe(4)
    const told = shown.map(({ title }) => Number(/^\d+/.exec(title)?.[0] ?? 1)).reduce((sum, each) => sum + each, 0)
    expect(told).toBe(3500)
  })
})
