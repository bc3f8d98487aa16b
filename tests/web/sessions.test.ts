import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createAttemptLimiter } from '../../src-main/web/attempt-limiter'
import { isSameSecret } from '../../src-main/web/secret-compare'
import { createSessions } from '../../src-main/web/sessions'

const day = 24 * 60 * 60 * 1000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a session lasts seven days to the second, and its end is heard', () => {
  const sessions = createSessions()
  const session = sessions.start()
  vi.advanceTimersByTime(7 * day - 1)
  expect(sessions.find(session.id)).toBe(session)
  expect(session.ended.aborted).toBe(false)
  vi.advanceTimersByTime(1)
  expect(sessions.find(session.id)).toBeUndefined()
  expect(session.ended.aborted).toBe(true)
})

test('ids are long, differ, and nothing else is a session', () => {
  const sessions = createSessions()
  const ids = Array.from({ length: 100 }, () => sessions.start().id)
  expect(new Set(ids).size).toBe(100)
  expect(ids.every((id) => /^[\w-]{43}$/.test(id))).toBe(true)
  for (const other of [undefined, '', '__proto__', 'constructor', ids[0]?.slice(1)]) {
    expect(sessions.find(other)).toBeUndefined()
  }
})

test('of more than a thousand sessions the oldest ends', () => {
  const sessions = createSessions()
  const first = sessions.start()
  const second = sessions.start()
  for (let count = 0; count < 999; count += 1) sessions.start()
  expect(first.ended.aborted).toBe(true)
  expect(second.ended.aborted).toBe(false)
})

test('to end all sessions leaves no timer behind', () => {
  const sessions = createSessions()
  const all = [sessions.start(), sessions.start()]
  sessions.endAll()
  expect(all.every((session) => session.ended.aborted)).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

test('a limiter lets a burst through, then one try a step, by name', () => {
  let nowMs = 0
  const limiter = createAttemptLimiter({ burst: 3, perMinute: 6 }, () => nowMs)
  for (let count = 0; count < 3; count += 1) {
    expect(limiter.waitSeconds('a')).toBe(0)
    limiter.failed('a')
  }
  expect(limiter.waitSeconds('a')).toBe(10)
  expect(limiter.waitSeconds('b')).toBe(0)
  nowMs += 4000
  expect(limiter.waitSeconds('a')).toBe(6)
  nowMs += 6000
  expect(limiter.waitSeconds('a')).toBe(0)
  limiter.failed('a')
  expect(limiter.waitSeconds('a')).toBe(10)
  nowMs += 60_000
  for (let count = 0; count < 3; count += 1) {
    expect(limiter.waitSeconds('a')).toBe(0)
    limiter.failed('a')
  }
  expect(limiter.waitSeconds('a')).toBe(10)
})

test.each([
  ['a', 'a', true],
  ['a', 'b', false],
  ['a', 'aa', false],
  ['', 'a', false],
  ['é', 'e\u0301', false],
])('%j and %j are the same secret: %s', (given, expected, same) => {
  expect(isSameSecret(given, expected)).toBe(same)
})
