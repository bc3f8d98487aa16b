/** How often a line is looked at, how long it may say nothing before it is asked, and how long the answer may take. */
const lookEveryMs = 10_000
const longestQuietMs = 45_000
const answerLimitMs = 10_000

/**
 * A line that only listens never learns that the other end is gone. So the host is asked when it has said nothing for a
 * while, or when the browser says that the network went: `onDead` where no answer comes. Ends with `signal`.
 */
export function watchLine(options: {
  /** For how long nothing was heard; 0 while there is no line. */
  quietMs(): number
  ask(limit: AbortSignal): Promise<void>
  onDead(): void
  signal: AbortSignal
}): void {
  const { quietMs, ask, onDead, signal } = options
  let isAsking = false

  async function check(): Promise<void> {
    if (isAsking) return
    isAsking = true
    await ask(AbortSignal.any([signal, AbortSignal.timeout(answerLimitMs)])).catch(onDead)
    isAsking = false
  }

  const timer = setInterval(() => {
    if (quietMs() > longestQuietMs) void check()
  }, lookEveryMs)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  window.addEventListener('offline', () => void check(), { signal })
}
