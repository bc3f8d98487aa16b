/** Counts failed tries by who tries. */
export interface AttemptLimiter {
  /** Seconds until `who` may try again; 0 when it may try now. */
  waitSeconds(who: string): number
  failed(who: string): void
}

/** Beyond this many names the counts start anew: a bound on memory that costs an attacker 10,000 addresses. */
const mostNames = 10_000

/**
 * A bucket of `burst` tries for each name, refilled at `perMinute`. Only failures are counted, so who knows the key is
 * never slowed by using it. `nowMs` is a clock that does not jump.
 */
export function createAttemptLimiter(
  rate: { burst: number; perMinute: number },
  nowMs: () => number = () => performance.now(),
): AttemptLimiter {
  const refillMs = 60_000 / rate.perMinute
  /** When the bucket of a name is full again. */
  const fullAt = new Map<string, number>()

  const untilFullMs = (who: string): number => Math.max(0, (fullAt.get(who) ?? 0) - nowMs())

  return {
    waitSeconds(who) {
      const overdrawnMs = untilFullMs(who) - (rate.burst - 1) * refillMs
      return Math.ceil(Math.max(0, overdrawnMs) / 1000)
    },
    failed(who) {
      if (fullAt.size >= mostNames && !fullAt.has(who)) fullAt.clear()
      fullAt.set(who, nowMs() + Math.min(untilFullMs(who) + refillMs, rate.burst * refillMs))
    },
  }
}
