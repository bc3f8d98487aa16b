import { expect, test } from 'vitest'
import type { ReportSchedule } from '../../../src-main/contract/reports'
import { lastDueMs, nextDueMs, periodBefore } from '../../../src-main/core/reports/report-times'

const berlin = 'Europe/Berlin'
const iso = (ms: number): string => new Date(ms).toISOString()
const at = (text: string): number => Date.parse(text)
const daily = (time: string): ReportSchedule => ({ every: 'day', at: time })

test('a report is due by the clock on the wall', () => {
  const now = at('2026-11-25T06:59:00Z')
  expect(iso(lastDueMs(daily('08:00'), now, berlin))).toBe('2026-11-24T07:00:00.000Z')
  expect(iso(nextDueMs(daily('08:00'), now, berlin))).toBe('2026-11-25T07:00:00.000Z')
  // At its very moment it is due, and the next one is tomorrow's.
  expect(iso(lastDueMs(daily('08:00'), at('2026-11-25T07:00:00Z'), berlin))).toBe('2026-11-25T07:00:00.000Z')
  expect(iso(nextDueMs(daily('08:00'), at('2026-11-25T07:00:00Z'), berlin))).toBe('2026-11-26T07:00:00.000Z')
  const weekly: ReportSchedule = { every: 'week', weekday: 1, at: '09:30' }
  expect(iso(lastDueMs(weekly, now, 'UTC'))).toBe('2026-11-23T09:30:00.000Z')
  expect(iso(nextDueMs(weekly, now, 'UTC'))).toBe('2026-11-30T09:30:00.000Z')
  const monthly: ReportSchedule = { every: 'month', day: 28, at: '00:00' }
  expect(iso(lastDueMs(monthly, now, 'Pacific/Auckland'))).toBe('2026-10-27T11:00:00.000Z')
  expect(iso(nextDueMs(monthly, now, 'Pacific/Auckland'))).toBe('2026-11-27T11:00:00.000Z')
})

test('a time that the clock skips is the moment of the skip, and one that it shows twice counts once', () => {
  // 29 March 2026, 02:00 becomes 03:00.
  expect(iso(lastDueMs(daily('02:30'), at('2026-03-29T12:00:00Z'), berlin))).toBe('2026-03-29T01:00:00.000Z')
  // 25 October 2026, 03:00 becomes 02:00.
  expect(iso(lastDueMs(daily('02:30'), at('2026-10-25T12:00:00Z'), berlin))).toBe('2026-10-25T00:30:00.000Z')
  expect(iso(nextDueMs(daily('02:30'), at('2026-10-25T00:30:00Z'), berlin))).toBe('2026-10-26T01:30:00.000Z')
})

test.each(['Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'Australia/Lord_Howe', 'Asia/Kathmandu'])(
  'over a year each day of %s is due once, whatever its clock does',
  (zone) => {
    for (const time of ['00:00', '02:30']) {
      let due = lastDueMs(daily(time), at('2026-02-01T12:00:00Z'), zone)
      for (let day = 0; day < 290; day++) {
        const next = nextDueMs(daily(time), due, zone)
        expect(next - due).toBeGreaterThanOrEqual(22 * 3_600_000)
        expect(next - due).toBeLessThanOrEqual(26 * 3_600_000)
        expect(lastDueMs(daily(time), next - 1, zone)).toBe(due)
        due = next
      }
    }
  },
)

test('the period is the last whole day, week or month before', () => {
  const due = at('2026-11-25T07:00:00Z')
  const period = (schedule: ReportSchedule): string[] =>
    Object.values(periodBefore(schedule, due, berlin)).map((ms: number) => iso(ms))
  expect(period(daily('08:00'))).toEqual(['2026-11-23T23:00:00.000Z', '2026-11-24T23:00:00.000Z'])
  expect(period({ every: 'week', weekday: 3, at: '08:00' })).toEqual([
    '2026-11-15T23:00:00.000Z',
    '2026-11-22T23:00:00.000Z',
  ])
  expect(period({ every: 'month', day: 25, at: '08:00' })).toEqual([
    '2026-09-30T22:00:00.000Z',
    '2026-10-31T23:00:00.000Z',
  ])
})
