import { vi } from 'vitest'
import { patienceMs } from './patience'

/** Waits until this holds, as long as a busy machine may take; fails with what did not hold. */
export function eventually<T>(holds: () => T | Promise<T>, { everyMs = 20 } = {}): Promise<T> {
  return vi.waitFor(holds, { timeout: patienceMs, interval: everyMs })
}
