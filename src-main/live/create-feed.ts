import type { FeedState } from '../contract/workspace'
import type { Feed, Hint, Log } from '../core/ports'
import { systemClock, type Clock } from './clock'
import { eventStreamUrl } from './event-stream-url'
import { followStream, type StreamFollower } from './follow-stream'
import { createHintQueue } from './hint-queue'

/** News from the database itself, as PostgreSQL's NOTIFY gives them. */
export interface Notifications {
  /** `listening` while news would be heard. */
  state(): string
  start(): void
  /** Connects now if it waits to; `anew` also where it listens. */
  retry(anew: boolean): void
  onNotify(listener: (id: string) => void): () => void
  onState(listener: () => void): () => void
  close(): Promise<void>
}

/**
 * News of written rows, from the proxy's event stream, from NOTIFY, or by looking every `pollEveryMs`: whichever is
 * there, going from one to the other by itself. Says at each moment what it knows, and why it knows no better. After
 * any gap it hints that something may have been missed. Throws `feed-url-invalid`.
 */
export function createFeed(options: {
  dashboardUrl: string | null
  apiKey: string | null
  notifications?: Notifications
  pollEveryMs: number
  log: Log
  clock?: Clock
}): Feed {
  const { apiKey, notifications, pollEveryMs, log, clock = systemClock } = options
  const url = options.dashboardUrl === null ? null : eventStreamUrl(options.dashboardUrl)
  const hintListeners = new Set<Parameters<Feed['onHint']>[0]>()
  const stateListeners = new Set<(state: FeedState) => void>()
  const stops: (() => void)[] = []
  let stream: StreamFollower | null = null
  let started = false
  let closed = false
  let catchUpsAsked = 0
  let catchUpsDone = 0
  let running = 0
  let lastHintMs = -Infinity
  let lastTickMs = 0
  let poll: unknown = null
  let lastEventMs: number | null = null
  let shown = describe()
  let since = iso(clock.now())

  const hints = createHintQueue(clock, (hint) => void look(hint))

  function iso(ms: number): string {
    return new Date(ms).toISOString()
  }

  function isLive(): boolean {
    return stream?.state() === 'live' || notifications?.state() === 'listening'
  }

  function describe(): Pick<FeedState, 'state' | 'via' | 'failure'> {
    if (!started || closed) return { state: 'off', via: 'none', failure: null }
    const failure = stream?.failure()?.toShape() ?? null
    const via = stream?.state() === 'live' ? 'stream' : isLive() ? 'notify' : 'polling'
    if (stream?.state() === 'unauthorised') return { state: 'unauthorised', via, failure }
    if (isLive()) return { state: catchUpsDone < catchUpsAsked ? 'catching-up' : 'live', via, failure }
    const isFirstAttempt = stream?.state() === 'connecting' || (!stream && notifications?.state() === 'connecting')
    return { state: isFirstAttempt ? 'connecting' : 'polling', via, failure }
  }

  function update(): void {
    const next = describe()
    const isSame =
      next.state === shown.state && next.via === shown.via && next.failure?.message === shown.failure?.message
    if (isSame) return
    shown = next
    since = iso(clock.now())
    const state = snapshot()
    for (const listener of stateListeners) listener(state)
  }

  function snapshot(): FeedState {
    return { ...shown, since, lastEventAt: lastEventMs === null ? null : iso(lastEventMs) }
  }

  /** Tells the listeners and waits for those that say when they have looked. */
  async function look(hint: Hint): Promise<void> {
    const answers = hint.ids.length === 0 ? catchUpsAsked : 0
    lastHintMs = clock.now()
    running++
    const looks = await Promise.allSettled([...hintListeners].map(async (listener) => listener(hint)))
    running--
    const hasLooked = looks.every((each) => each.status === 'fulfilled' && each.value !== false)
    if (hasLooked) catchUpsDone = Math.max(catchUpsDone, answers)
    update()
  }

  /** Whatever came while nobody listened is found by looking; until then the state says so. */
  function catchUp(): void {
    catchUpsAsked++
    hints.addUnknown()
    update()
  }

  function watchLiveness(): () => void {
    let wasLive = false
    return () => {
      const live = isLive()
      if (live && !wasLive) catchUp()
      else update()
      wasLive = live
    }
  }

  function tick(): void {
    const now = clock.now()
    const sinceHintMs = now - lastHintMs
    // Also a live stream is checked now and then: a proxy of several processes may tell each of its own rows only.
    const quietMs = isLive() ? 2 * pollEveryMs : pollEveryMs
    // A timer that is this late has slept, and the connections with it.
    if (now - lastTickMs > 3 * pollEveryMs + 5000) resume()
    // A hint that lies ahead of us is from before the clock was put back.
    else if (running === 0 && (sinceHintMs >= quietMs - 100 || sinceHintMs < 0)) hints.addUnknown()
    lastTickMs = now
    poll = clock.setTimeout(tick, pollEveryMs)
  }

  function connectAgain(anew: boolean): void {
    if (!started || closed) return
    stream?.retry(anew)
    notifications?.retry(anew)
    hints.addUnknown()
  }

  function resume(): void {
    connectAgain(true)
  }

  return {
    state: snapshot,
    start() {
      if (started || closed) return
      started = true
      lastTickMs = clock.now()
      const onState = watchLiveness()
      const onEvent = (): void => {
        lastEventMs = clock.now()
      }
      if (url !== null) {
        const onWritten = (id: string): void => (id === '' ? hints.addUnknown() : hints.add(id))
        stream = followStream({ url, apiKey, clock, log, onState, onWritten, onEvent })
      }
      if (notifications) {
        stops.push(
          notifications.onState(onState),
          notifications.onNotify((id) => {
            onEvent()
            hints.add(id)
          }),
        )
        notifications.start()
      }
      poll = clock.setTimeout(tick, pollEveryMs)
      onState()
    },
    resume,
    retry: () => connectAgain(false),
    onHint(listener) {
      hintListeners.add(listener)
      return () => hintListeners.delete(listener)
    },
    onState(listener) {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    async close() {
      if (closed) return
      closed = true
      clock.clearTimeout(poll)
      hints.clear()
      for (const stop of stops) stop()
      stream?.close()
      update()
      await notifications?.close()
    },
  }
}
