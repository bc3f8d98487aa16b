import { setTimeout as delay } from 'node:timers/promises'

/** A piece of work that comes again and again until it is stopped. */
export interface SyncLoop {
  /** The first step comes after `waitMs`, or with the first `wake`. */
  start(waitMs?: number): void
  /** Does the next step now, or right after the one that is under way. */
  wake(): void
  /** Resolves once the step under way has ended. */
  stop(): Promise<void>
}

/** `step` gives the milliseconds to wait before the next; Infinity waits for `wake`. It must not throw. */
export function createSyncLoop(step: () => Promise<number>): SyncLoop {
  let running: Promise<void> | null = null
  const ending = new AbortController()
  let isAwake = false
  let waiting: AbortController | null = null

  async function run(waitMs: number): Promise<void> {
    if (waitMs > 0) await rest(waitMs)
    while (!ending.signal.aborted) {
      isAwake = false
      const pauseMs = await step()
      if (isAwake || ending.signal.aborted) continue
      await rest(pauseMs)
    }
  }

  async function rest(ms: number): Promise<void> {
    waiting = new AbortController()
    await pause(ms, waiting.signal)
    waiting = null
  }

  function wake(): void {
    isAwake = true
    waiting?.abort()
  }

  return {
    start(waitMs = 0) {
      running ??= run(waitMs)
    },
    wake,
    async stop() {
      ending.abort()
      wake()
      await running
    },
  }
}

/** Waits, or until the signal; Infinity is until the signal alone. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === Infinity) {
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    return
  }
  // Being woken is no error.
  await delay(ms, undefined, { signal }).catch(() => undefined)
}

const firstPauseMs = 1000
const longestPauseMs = 30_000

/** How long to wait after the nth failure in a row, with some chance so that many apps do not come back at once. */
export function backOffMs(failures: number, retryAfterSeconds?: number): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000
  const base = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs)
  return base * (0.8 + 0.4 * Math.random())
}
