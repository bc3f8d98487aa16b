const firstDelayMs = 1000
const ceilingMs = 30_000
/** Even the luckiest draw waits this long. */
const floorMs = 250
/** A refused key is not tried again sooner, as the proxy counts attempts. */
const refusedDelayMs = 5 * 60_000

/**
 * Milliseconds to wait before the next attempt: full jitter under a doubling ceiling, and never less than the server
 * asked for. `attempts` counts those that did not last. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function reconnectDelayMs(options: {
  attempts: number
  wasRefused: boolean
  /** From `Retry-After` or the stream's `retry:`. */
  atLeastMs: number
  random: number
}): number {
  const { attempts, wasRefused, atLeastMs, random } = options
  const limit = Math.min(ceilingMs, firstDelayMs * 2 ** Math.min(attempts, 20))
  const jittered = Math.max(floorMs, random * limit)
  if (wasRefused) return refusedDelayMs + jittered
  return atLeastMs > 0 ? atLeastMs + jittered : jittered
}
