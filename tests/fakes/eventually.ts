import { vi } from 'vitest'

/** Waits until this holds, for as long as a busy machine may take; fails with what did not hold. */
export function eventually<T>(holds: () => T | Promise<T>, timeoutMs = 20_000): Promise<T> {
  return vi.waitFor(holds, { timeout: timeoutMs, interval: 5 })
}
