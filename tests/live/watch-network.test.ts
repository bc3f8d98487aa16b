import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchNetwork } from '../../src-main/live/watch-network'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('another network, or one that came back, is told of within seconds; one that went is not', async () => {
  let addresses = '10.0.0.7'
  const onChange = vi.fn()
  const stop = watchNetwork({ onChange, addresses: () => addresses })
  const after = async (next: string): Promise<number> => {
    addresses = next
    await vi.advanceTimersByTimeAsync(2000)
    return onChange.mock.calls.length
  }
  expect(await after('10.0.0.7')).toBe(0)
  expect(await after('')).toBe(0)
  expect(await after('10.0.0.7')).toBe(1)
  expect(await after('10.0.0.7 172.16.4.2')).toBe(2)
  stop()
  expect(await after('192.168.1.9')).toBe(2)
})

test("the machine's own addresses can be read, and do not change by themselves", async () => {
  const onChange = vi.fn()
  const stop = watchNetwork({ onChange })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(onChange).not.toHaveBeenCalled()
  stop()
})
