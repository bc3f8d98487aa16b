import { createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { FeedState } from '../../src-main/contract/workspace'
import type { ErrorCode } from '../../src-main/contract/errors'
import type { Hint, Log } from '../../src-main/core/ports'
import { createFeed, type Notifications } from '../../src-main/live/create-feed'
import { createManualClock } from '../fakes/manual-clock'
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
  type SseServer,
} from '../fakes/misbehaving-sse-server'
import { eventually } from '../fakes/eventually'

const pollEveryMs = 5000
const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serve(...first: Behaviour[]): Promise<SseServer> {
  const server = await startSseServer(...first)
  closing.push(() => server.close())
  return server
}

/** A feed under a clock that stands still, with everything it says written down. */
function follow(
  options: { dashboardUrl?: string | null; apiKey?: string | null; notifications?: Notifications; luck?: number } = {},
) {
  const { dashboardUrl = null, apiKey = 'key', notifications, luck } = options
  const clock = createManualClock(luck)
  const hints: Hint[] = []
  const states: string[] = []
  const waits: number[] = []
  const log: Log = {
    info: (_, details) => details?.againInMs !== undefined && waits.push(details.againInMs as number),
    warn() {},
    error() {},
  }
  const feed = createFeed({ dashboardUrl, apiKey, notifications, pollEveryMs, log, clock })
  feed.onHint((hint) => void hints.push(hint))
  feed.onState(({ state, via }) => states.push(`${state} via ${via}`))
  closing.unshift(() => feed.close())
  return {
    feed,
    clock,
    hints,
    states,
    waits,
    ids: () => hints.flatMap((hint) => hint.ids),
    whenState: (state: FeedState['state']) => eventually(() => expect(feed.state().state).toBe(state)),
    /** Live, also where the catching-up stands behind another hint. */
    whenLive: () =>
      eventually(async () => {
        if (feed.state().state === 'catching-up') await clock.advance(250)
        expect(feed.state().state).toBe('live')
      }),
    whenWaits: (count: number) => eventually(() => expect(waits.length).toBe(count)),
    whenIds: (...expected: string[]) =>
      eventually(async () => {
        await clock.advance(250)
        expect(hints.flatMap((hint) => hint.ids)).toEqual(expected)
      }),
  }
}

/** A feed on this server, started. */
function followServer(server: SseServer, luck?: number) {
  const followed = follow({ dashboardUrl: server.dashboardUrl, luck })
  followed.feed.start()
  return followed
}

describe('a proxy that behaves', () => {
  test('is asked with the key at the address below the dashboard, and is live with its first byte', async () => {
    const server = await serve(stream(connected))
    const { feed, whenState, states } = follow({ dashboardUrl: `${server.dashboardUrl}/`, apiKey: 'secret key' })
    expect(feed.state()).toMatchObject({ state: 'off', via: 'none', lastEventAt: null })
    feed.start()
    expect(feed.state()).toMatchObject({ state: 'connecting', via: 'polling' })
    await whenState('live')
    expect(feed.state()).toMatchObject({ via: 'stream', failure: null, lastEventAt: expect.stringMatching(/Z$/) })
    expect(server.requests[0]).toMatchObject({
      url: '/dashboard/sse',
      headers: { 'x-dashboard-key': 'secret key', accept: 'text/event-stream' },
    })
    expect(states).toEqual(['connecting via polling', 'catching-up via stream', 'live via stream'])
  })

  test('each written request is a hint, at once', async () => {
    const server = await serve(stream(connected))
    const { hints, whenState, clock } = followServer(server)
    await whenState('live')
    expect(hints).toEqual([{ ids: [] }])
    await clock.advance(300)
    server.open[0]!.write(conversation(id(1)))
    await eventually(() => expect(hints).toEqual([{ ids: [] }, { ids: [id(1)] }]))
  })

  test('it is catching up until the listener has looked', async () => {
    const server = await serve(stream(connected))
    const { feed, whenState } = follow({ dashboardUrl: server.dashboardUrl })
    let looked = (_isDone: boolean): void => {}
    feed.onHint(() => new Promise((resolve) => (looked = resolve)))
    feed.start()
    await whenState('catching-up')
    looked(true)
    await whenState('live')
  })

  test('it is catching up for as long as looking fails', async () => {
    const server = await serve(stream(connected))
    const { feed, clock, whenState } = follow({ dashboardUrl: server.dashboardUrl })
    let isThere = false
    feed.onHint(async () => isThere)
    feed.start()
    await whenState('catching-up')
    await clock.advance(30_000)
    expect(feed.state().state).toBe('catching-up')
    isThere = true
    await clock.advance(10_000)
    await whenState('live')
  })

  test('rows are looked for now and then also while it is live', async () => {
    const { whenState, clock, hints } = followServer(await serve(stream(connected)))
    await whenState('live')
    await clock.advance(30_000)
    expect(hints).toEqual([{ ids: [] }, { ids: [] }, { ids: [] }, { ids: [] }])
  })
})

describe('every spelling of an event is understood', () => {
  const event = conversation(id(7))
  const cases: [string, (string | Uint8Array)[]][] = [
    ['LF', [event]],
    ['CRLF', [event.replaceAll('\n', '\r\n')]],
    ['CR, with nothing after it', [event.replaceAll('\n', '\r')]],
    ['CRLF cut between CR and LF', [...event.replaceAll('\n', '\r\n')].map((byte) => byte)],
    ['a byte order mark', [`\uFEFF${event}`]],
    [
      'one byte at a time',
      [...Buffer.from(conversation(id(7), { domain: 'ünï😀.example' }))].map((b) => Uint8Array.of(b)),
    ],
    ['a name instead of a type', [`event: conversation\ndata: {"id":"${id(7)}"}\n\n`]],
    ['a name beside the type, and an id', [`id: 41\nevent: conversation\n${event}`]],
    ['no space after the colon', [event.replace('data: ', 'data:')]],
    ['data over several lines', [`data: {"type":\ndata:  "conversation",\ndata: "data":{"id":"${id(7)}"}}\n\n`]],
    ['an id in capitals', [conversation(id(7).toUpperCase())]],
    [
      'missing and unknown fields',
      [`data: {"type":"conversation","data":{"id":"${id(7)}","new":[1]},"more":null}\n\n`],
    ],
    [
      'after heartbeats of three kinds',
      [':heartbeat\n\n', ': heartbeat\n\n', 'event: heartbeat\nid:\ndata:\n\n', event],
    ],
    ['after an unknown type', ['data: {"type":"rate-limit","data":{"id":"x"}}\n\n', event]],
    [
      'after invalid JSON',
      ['data: {"type":"conversation"\n\n', 'data: conversation\n\n', 'data: ["conversation"]\n\n', event],
    ],
    ['after invalid UTF-8', [Buffer.from([0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0xc3, 0x0a, 0x0a]), event]],
    ['after unknown fields and retry', ['foo: bar\nbaz\nretry: soon\nretry: 10\n\n', event]],
    ['after an event of 1 MB', [`data: {"type":"other","data":"${'x'.repeat(1_000_000)}"}\n\n`, event]],
    ['in an event of 1 MB', [conversation(id(7), { text: 'ü'.repeat(1_000_000) })]],
  ]
  test.each(cases)('%s', async (_, pieces) => {
    const { whenIds } = followServer(await serve(stream(...pieces)))
    await whenIds(id(7))
  })

  test.each([
    ['no id', conversation(null)],
    ['an id that is none', conversation("1'; DROP TABLE")],
    ['an id of another type', 'data: {"type":"conversation","data":{"id":5}}\n\n'],
    ['no data', 'data: {"type":"conversation"}\n\n'],
  ])('a conversation with %s says that something was written', async (_, text) => {
    const server = await serve(stream(connected))
    const { hints, whenState, clock } = followServer(server)
    await whenState('live')
    await clock.advance(300)
    hints.length = 0
    server.open[0]!.write(text)
    await eventually(() => expect(hints).toEqual([{ ids: [] }]))
  })

  test('half an event at the end of the stream is no event', async () => {
    const server = await serve(endingStream(connected, conversation(id(1)).trimEnd()))
    const { whenWaits, ids, clock } = followServer(server)
    await whenWaits(1)
    await clock.advance(250)
    expect(ids()).toEqual([])
  })
})

describe('what is no stream is named, and the database is asked instead', () => {
  const html = { 'content-type': 'text/html' }
  const cases: [string, Behaviour, FeedState['state'], ErrorCode, RegExp][] = [
    ['401', answer(401), 'unauthorised', 'feed-unauthorised', /refused the API key \(401\)/],
    ['403', answer(403), 'unauthorised', 'feed-unauthorised', /\(403\)/],
    ['404', answer(404, html, 'nope'), 'polling', 'feed-not-a-stream', /no event stream at \/dashboard\/sse/],
    ['a page with status 200', answer(200, html, '<html>'), 'polling', 'feed-not-a-stream', /text\/html/],
    [
      'JSON with status 200',
      answer(200, { 'content-type': 'application/json' }, '{}'),
      'polling',
      'feed-not-a-stream',
      /json/,
    ],
    ['nothing with status 204', answer(204), 'polling', 'feed-not-a-stream', /204/],
    ['a login page', answer(302, { location: '/dashboard/login' }), 'unauthorised', 'feed-unauthorised', /login page/],
    [
      'another address',
      answer(301, { location: 'https://new.example/' }),
      'polling',
      'feed-not-a-stream',
      /sends elsewhere/,
    ],
    ['429', answer(429, { 'retry-after': '7' }), 'polling', 'feed-unreachable', /too many live connections/],
    ['500', answer(500), 'polling', 'feed-unreachable', /error \(500\)/],
    ['502', answer(502, html, '<html>'), 'polling', 'feed-unreachable', /\(502\)/],
    ['a line that is cut', behaviours.cutsTheLine, 'polling', 'feed-unreachable', /broke off/],
    ['a stream that is cut in the middle', behaviours.cutsInTheMiddle, 'polling', 'feed-unreachable', /broke off/],
    ['a stream that is ended at once', endingStream(), 'polling', 'feed-unreachable', /ended the event stream/],
    [
      'an event without an end',
      (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`data: ${'x'.repeat(9_000_000)}`)
      },
      'polling',
      'feed-not-a-stream',
      /no end/,
    ],
  ]
  test.each(cases)('%s', async (_, behaviour, state, code, message) => {
    const server = await serve(behaviour)
    const { feed, whenWaits, hints, clock } = followServer(server)
    await whenWaits(1)
    await eventually(() => expect(feed.state()).toMatchObject({ state, via: 'polling' }))
    expect(feed.state().failure).toMatchObject({ code, message: expect.stringMatching(message) })
    hints.length = 0
    await clock.advance(250)
    for (let polls = 1; polls <= 3; polls++) {
      await clock.advance(pollEveryMs)
      expect(hints.length).toBeGreaterThanOrEqual(polls)
    }
  })

  test('a redirect is never followed, as the key would go along', async () => {
    const thief = await serve(stream(connected))
    const server = await serve(answer(307, { location: `${thief.dashboardUrl}/sse` }))
    const { whenWaits } = followServer(server)
    await whenWaits(1)
    expect(thief.requests).toEqual([])
  })

  test('a closed port, an unknown host and something that speaks no HTTP', async () => {
    const other = createServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9\r\n'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const closed = await startSseServer(behaviours.noAnswer)
    await closed.close()
    for (const [dashboardUrl, message] of [
      [closed.dashboardUrl, /Nothing answers at 127\.0\.0\.1:\d+/],
      ['http://no-such-host.invalid/dashboard', /no-such-host\.invalid .* is not known/],
      [`http://127.0.0.1:${(other.address() as AddressInfo).port}/dashboard`, /does not speak HTTP/],
    ] as const) {
      const { feed, whenWaits } = follow({ dashboardUrl })
      feed.start()
      await whenWaits(1)
      expect(feed.state()).toMatchObject({ state: 'polling', failure: { message: expect.stringMatching(message) } })
    }
    other.close()
  })

  test('a key that cannot be sent is refused before it is', async () => {
    const server = await serve(stream(connected))
    const { feed, whenState } = follow({ dashboardUrl: server.dashboardUrl, apiKey: 'new\nline' })
    feed.start()
    await whenState('unauthorised')
    expect(server.requests).toEqual([])
  })

  test.each(['no url', 'ftp://proxy.example.com', 'https://user:pass@proxy.example.com'])(
    '%s is no dashboard URL',
    (url) => {
      expect(() => follow({ dashboardUrl: url })).toThrow(expect.objectContaining({ code: 'feed-url-invalid' }))
    },
  )
})

describe('silence is noticed', () => {
  test('a server that takes the call and never answers', async () => {
    const server = await serve(behaviours.noAnswer)
    const { feed, clock, whenWaits } = followServer(server)
    await eventually(() => expect(server.requests).toHaveLength(1))
    await clock.advance(15_000)
    await whenWaits(1)
    expect(feed.state()).toMatchObject({ state: 'polling', failure: { message: 'The proxy does not answer.' } })
  })

  test('headers alone are not live: something in between may hold the events back', async () => {
    const server = await serve(behaviours.headersOnly)
    const { feed, clock, whenWaits } = followServer(server)
    await eventually(() => expect(server.requests).toHaveLength(1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(feed.state().state).toBe('connecting')
    await eventually(async () => {
      await clock.advance(75_000)
      expect(feed.state().state).toBe('polling')
    })
    await whenWaits(1)
  })

  test('a stream that falls silent is given up after two missing heartbeats, and one that beats is kept', async () => {
    const server = await serve(stream(connected))
    const { feed, clock, whenState } = followServer(server)
    await whenState('live')
    for (let beats = 0; beats < 5; beats++) {
      await clock.advance(70_000)
      expect(feed.state().state).toBe('live')
      const before = feed.state().lastEventAt
      server.open[0]!.write('event: heartbeat\ndata:\n\n')
      await eventually(() => expect(feed.state().lastEventAt).not.toBe(before))
    }
    await clock.advance(75_000)
    await whenState('polling')
    expect(feed.state().failure).toMatchObject({ code: 'feed-unreachable', message: 'The event stream fell silent.' })
  })
})

describe('connecting again', () => {
  test('waits longer each time, up to a ceiling, and never at the same moment as others', async () => {
    const server = await serve(answer(502))
    const { waits, whenWaits, clock } = followServer(server, 0.5)
    for (let attempts = 1; attempts <= 8; attempts++) {
      await whenWaits(attempts)
      await clock.advance(waits.at(-1)! - 1)
      expect(server.requests).toHaveLength(attempts)
      await clock.advance(1)
      await eventually(() => expect(server.requests).toHaveLength(attempts + 1))
    }
    expect(waits.slice(0, 8)).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
  })

  test('the luckiest draw still waits', async () => {
    const { waits, whenWaits } = followServer(await serve(answer(502)), 0)
    await whenWaits(1)
    expect(waits).toEqual([250])
  })

  test.each([
    ['seconds', () => '120'],
    ['a date', (nowMs: number) => new Date(nowMs + 120_000).toUTCString()],
  ])('Retry-After in %s is honoured, also when the network comes back', async (_, retryAfter) => {
    const clockNow = createManualClock().now()
    const server = await serve(answer(429, { 'retry-after': retryAfter(clockNow) }), stream(connected))
    const { feed, clock, waits, whenWaits, whenLive } = followServer(server, 0.5)
    await whenWaits(1)
    expect(waits[0]).toBe(120_500)
    await clock.advance(60_000)
    feed.resume()
    await clock.advance(59_999)
    expect(server.requests).toHaveLength(1)
    await clock.advance(1)
    await whenLive()
  })

  test('the stream may ask for a longer wait', async () => {
    const { waits, whenWaits } = followServer(await serve(endingStream('retry: 20000\n\n', connected)), 0.5)
    await whenWaits(1)
    expect(waits).toEqual([20_500])
  })

  test('a refused key is not tried again for minutes', async () => {
    const server = await serve(answer(401), stream(connected))
    const { clock, whenWaits, waits, whenState } = followServer(server, 0.5)
    await whenWaits(1)
    expect(waits[0]).toBeGreaterThanOrEqual(5 * 60_000)
    await clock.advance(299_000)
    expect(server.requests).toHaveLength(1)
    await clock.advance(waits[0]! - 299_000)
    await whenState('live')
  })

  test('a server that ends each stream right after its first event is not hammered, nor called live again', async () => {
    const server = await serve(endingStream(connected))
    const { waits, whenWaits, clock, states } = followServer(server, 0.999)
    for (let attempts = 1; attempts <= 6; attempts++) {
      await whenWaits(attempts)
      if (attempts < 6) await clock.advance(waits.at(-1)!)
    }
    expect(waits).toEqual([999, 1998, 3996, 7992, 15_984, 29_970])
    expect(states.filter((state) => state.startsWith('live'))).toHaveLength(1)
  })

  test('after a short stream the next is live when it has lasted, and after a good one the wait is short again', async () => {
    const server = await serve(endingStream(connected), stream(connected))
    const { feed, clock, waits, whenWaits, whenState } = followServer(server, 0.999)
    await whenWaits(1)
    await clock.advance(1000)
    await eventually(async () => {
      expect(server.open).toHaveLength(1)
      expect(feed.state().lastEventAt).toBe(new Date(clock.now()).toISOString())
    })
    await clock.advance(4900)
    expect(feed.state().state).toBe('polling')
    await clock.advance(100)
    await whenState('live')
    await clock.advance(30_000)
    server.open[0]!.end()
    await whenWaits(2)
    expect(waits[1]).toBe(999)
  })

  test('what was missed is looked for, and the last id is sent along until the server resets it', async () => {
    const server = await serve(endingStream('id: 7ü\n', connected), endingStream('id:\n', connected), stream(connected))
    const { feed, clock, waits, whenWaits, whenLive, hints } = followServer(server)
    await whenWaits(1)
    await clock.advance(waits[0]!)
    await whenWaits(2)
    await clock.advance(waits[1]!)
    await eventually(() => expect(server.requests).toHaveLength(3))
    const sent = server.requests.map(({ headers }) => headers['last-event-id'])
    expect(sent.map((value) => value && Buffer.from(value as string, 'latin1').toString())).toEqual([
      undefined,
      '7ü',
      undefined,
    ])
    const seen = feed.state().lastEventAt
    await eventually(() => expect(feed.state().lastEventAt).not.toBe(seen))
    hints.length = 0
    await clock.advance(5000)
    await whenLive()
    expect(hints).toContainEqual({ ids: [] })
  })

  test('happens at once when the network comes back, but never twice within a second', async () => {
    const server = await serve(answer(502), answer(502), stream(connected))
    const { feed, clock, whenWaits, whenState } = followServer(server)
    await whenWaits(1)
    await clock.advance(990)
    feed.resume()
    feed.resume()
    await clock.advance(10)
    await whenWaits(2)
    expect(server.requests).toHaveLength(2)
    await clock.advance(1000)
    await whenState('live')
    expect(server.requests).toHaveLength(3)
  })

  test('at a word of the user leaves a connection alone that is open, or being made', async () => {
    const server = await serve(behaviours.noAnswer, stream(connected))
    const { feed, clock, whenWaits, whenLive } = followServer(server)
    await eventually(() => expect(server.requests).toHaveLength(1))
    feed.retry()
    await clock.advance(14_999)
    expect(server.requests).toHaveLength(1)
    await clock.advance(1)
    await whenWaits(1)
    feed.retry()
    await clock.advance(0)
    await whenLive()
    feed.retry()
    await clock.advance(5000)
    expect([server.requests.length, server.open.length, feed.state().state]).toEqual([2, 1, 'live'])
  })

  test('with a key that was refused waits half a minute, whatever the network does', async () => {
    const server = await serve(answer(401), stream(connected))
    const { feed, clock, whenWaits, whenLive } = followServer(server)
    await whenWaits(1)
    await clock.advance(1000)
    feed.resume()
    await clock.advance(28_999)
    expect(server.requests).toHaveLength(1)
    await clock.advance(1)
    await whenLive()
  })

  test('and asking go on though the clock was put back by hours', async () => {
    const server = await serve(answer(502), stream(connected))
    const { feed, clock, whenWaits, hints, whenLive } = followServer(server)
    await whenWaits(1)
    clock.putBack(7_200_000)
    hints.length = 0
    await clock.advance(20_000)
    expect(hints.length).toBeGreaterThan(1)
    feed.resume()
    await clock.advance(1000)
    await whenLive()
  })

  test('happens by itself after the machine has slept', async () => {
    const server = await serve(stream(connected))
    const { clock, whenState, feed, hints } = followServer(server)
    await whenState('live')
    hints.length = 0
    clock.sleep(3_600_000)
    await clock.advance(0)
    expect(feed.state()).toMatchObject({ state: 'polling' })
    await clock.advance(250)
    expect(hints).toContainEqual({ ids: [] })
    await eventually(() => expect(server.requests).toHaveLength(2))
    await whenState('live')
    expect(server.open).toHaveLength(1)
  })
})

describe('a flood', () => {
  test('of conversations becomes a few hints that name each row once', async () => {
    const all = Array.from({ length: 400 }, (_, n) => id(n))
    const text = [...all, ...all].map((each) => conversation(each)).join('')
    const server = await serve(stream(connected))
    const { hints, clock, ids, whenState } = followServer(server)
    await whenState('live')
    server.open[0]!.write(text)
    await eventually(async () => {
      await clock.advance(250)
      expect(new Set(ids())).toEqual(new Set(all))
    })
    expect(hints.filter((hint) => hint.ids.length > 0).length).toBeLessThan(12)
  })

  test('too large to name becomes "look at everything"', async () => {
    const text = Array.from({ length: 5000 }, (_, n) => conversation(id(n))).join('')
    const server = await serve(stream(connected))
    const { hints, clock, feed, whenState } = followServer(server)
    await whenState('live')
    await clock.advance(300)
    hints.length = 0
    server.open[0]!.write(text)
    await eventually(() => expect(hints.length).toBe(1))
    const seen = feed.state().lastEventAt
    await clock.advance(1)
    // Events come in order: with this one all the others are there.
    await eventually(() => {
      server.open[0]!.write('data: {"type":"end"}\n\n')
      expect(feed.state().lastEventAt).not.toBe(seen)
    })
    await eventually(() => expect(server.open[0]!.writableLength).toBe(0))
    await clock.advance(250)
    expect(hints).toHaveLength(2)
    expect(hints[1]).toEqual({ ids: [] })
    expect(feed.state().state).toBe('live')
  })

  test('of metrics is no hint at all, but a sign of life', async () => {
    const server = await serve(stream(connected))
    const { hints, clock, feed, whenState } = followServer(server)
    await whenState('live')
    await clock.advance(300)
    hints.length = 0
    const before = feed.state().lastEventAt
    server.open[0]!.write(metrics.repeat(20_000))
    await eventually(() => expect(feed.state().lastEventAt).not.toBe(before))
    server.open[0]!.write(conversation(id(1)))
    await eventually(() => expect(hints).toEqual([{ ids: [id(1)] }]))
  })
})

describe('without a stream', () => {
  function fakeNotifications() {
    let state = 'off'
    let onState = (): void => {}
    let onNotify: (id: string) => void = () => {}
    const retries: boolean[] = []
    const notifications: Notifications = {
      state: () => state,
      start: () => (state = 'connecting'),
      retry: (anew) => retries.push(anew),
      onNotify: (listener) => {
        onNotify = listener
        return () => (onNotify = () => {})
      },
      onState: (listener) => {
        onState = listener
        return () => (onState = () => {})
      },
      close: async () => void (state = 'off'),
    }
    const become = (next: string): void => {
      state = next
      onState()
    }
    return { notifications, become, notify: (each: string) => onNotify(each), state: () => state, retries }
  }

  test('the database is asked every few seconds, and the state says so', async () => {
    const { feed, clock, hints, states } = follow()
    feed.start()
    expect(feed.state()).toMatchObject({ state: 'polling', via: 'polling', failure: null })
    await clock.advance(20_000)
    expect(hints).toEqual([{ ids: [] }, { ids: [] }, { ids: [] }, { ids: [] }])
    expect(states).toEqual(['polling via polling'])
  })

  test('a look that is still under way is not asked for again', async () => {
    const { feed, clock, hints } = follow()
    let looked = (_isDone: boolean): void => {}
    feed.onHint(() => new Promise((resolve) => (looked = resolve)))
    feed.start()
    await clock.advance(30_000)
    expect(hints).toHaveLength(1)
    looked(true)
    await eventually(async () => {
      await clock.advance(5000)
      expect(hints).toHaveLength(2)
    })
  })

  test('NOTIFY is live once it listens, and polling takes over when it is lost', async () => {
    const { notifications, become, notify } = fakeNotifications()
    const { feed, clock, hints, states, whenLive } = follow({ notifications })
    feed.start()
    become('listening')
    await whenLive()
    expect(feed.state().via).toBe('notify')
    await clock.advance(300)
    hints.length = 0
    notify(id(1))
    expect(hints).toEqual([{ ids: [id(1)] }])
    become('lost')
    expect(feed.state()).toMatchObject({ state: 'polling', via: 'polling' })
    become('listening')
    await whenLive()
    become('not-installed')
    expect(feed.state()).toMatchObject({ state: 'polling', via: 'polling' })
    expect(states).toEqual([
      'connecting via polling',
      'catching-up via notify',
      'live via notify',
      'polling via polling',
      'catching-up via notify',
      'live via notify',
      'polling via polling',
    ])
  })

  test('NOTIFY is listened for anew when the machine wakes, and tried again at a word of the user', async () => {
    const { notifications, retries } = fakeNotifications()
    const { feed } = follow({ notifications })
    feed.start()
    feed.resume()
    feed.retry()
    expect(retries).toEqual([true, false])
  })

  test('NOTIFY steps in while the stream is away, and a refused key stays visible', async () => {
    const server = await serve(answer(502), answer(401), stream(connected))
    const { notifications, become } = fakeNotifications()
    const { feed, clock, whenWaits, waits, whenState } = follow({ dashboardUrl: server.dashboardUrl, notifications })
    feed.start()
    become('listening')
    await whenWaits(1)
    await eventually(() =>
      expect(feed.state()).toMatchObject({ state: 'live', via: 'notify', failure: { code: 'feed-unreachable' } }),
    )
    await clock.advance(waits[0]!)
    await whenState('unauthorised')
    expect(feed.state()).toMatchObject({ via: 'notify', failure: { code: 'feed-unauthorised' } })
    await clock.advance(waits[1]!)
    await eventually(() => expect(feed.state()).toMatchObject({ state: 'live', via: 'stream', failure: null }))
  })

  test('closing stops everything that waits', async () => {
    const server = await serve(stream(connected))
    const { notifications, state } = fakeNotifications()
    const { feed, clock, whenState, hints, states } = follow({ dashboardUrl: server.dashboardUrl, notifications })
    feed.start()
    await whenState('live')
    await feed.close()
    await feed.close()
    expect(feed.state()).toMatchObject({ state: 'off', via: 'none' })
    expect(state()).toBe('off')
    await eventually(() => expect(server.open).toEqual([]))
    hints.length = 0
    states.length = 0
    await clock.advance(1_000_000)
    feed.resume()
    feed.start()
    expect(clock.pending()).toBe(0)
    expect({ hints, states }).toEqual({ hints: [], states: [] })
  })
})
