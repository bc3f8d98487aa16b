import type { Clock } from '../../src-main/live/clock'

export interface ManualClock extends Clock {
  /** Lets this much time pass; what falls due runs in order, each with a turn of the event loop after it. */
  advance(ms: number): Promise<void>
  /** As when the machine sleeps: the clock moves, and no timer ran meanwhile. */
  sleep(ms: number): void
  /** As when somebody sets the clock: it moves, and timers run when they would have run. */
  putBack(ms: number): void
  /** How many timers wait. */
  pending(): number
}

/** Time that passes only when a test says so. Every draw of chance is `luck`. */
export function createManualClock(luck = 0.999): ManualClock {
  let now = Date.UTC(2026, 10, 23, 14)
  let order = 0
  const timers = new Map<number, { at: number; run: () => void }>()
  return {
    now: () => now,
    setTimeout(run, ms) {
      timers.set(++order, { at: now + ms, run })
      return order
    },
    clearTimeout: (timer) => void timers.delete(timer as number),
    random: () => luck,
    async advance(ms) {
      const end = now + ms
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end).toSorted(([a, x], [b, y]) => x.at - y.at || a - b)[0]
        if (!due) break
        timers.delete(due[0])
        now = Math.max(now, due[1].at)
        due[1].run()
        await new Promise((resolve) => setImmediate(resolve))
      }
      now = Math.max(now, end)
    },
    sleep: (ms) => void (now += ms),
    putBack(ms) {
      now -= ms
      for (const timer of timers.values()) timer.at -= ms
    },
    pending: () => timers.size,
  }
}
