import { describe, expect, test } from 'vitest'
import { bucketLabel, exactTime, rangeLabel, rowTime, zoneName } from '../../src-renderer/format/time'

const berlin = 'Europe/Berlin'

describe('times in the chosen zone', () => {
  test('a row of today shows its time, an older one its day, one of another year its year', () => {
    const now = Date.parse('2026-03-03T23:30:00Z')
    // In Berlin it is already the 4th.
    expect(rowTime('2026-03-03T23:10:05Z', berlin, now)).toBe('00:10:05')
    expect(rowTime('2026-03-03T20:10:05Z', berlin, now)).toBe('3 Mar 21:10')
    expect(rowTime('2025-12-24T20:10:05Z', berlin, now)).toBe('24 Dec 2025')
  })

  test('an exact time names its zone, in summer and in winter', () => {
    expect(exactTime('2026-01-05T12:00:00Z', berlin)).toBe('Mon, 5 January 2026, 13:00:00 CET')
    expect(exactTime('2026-07-06T12:00:00Z', berlin)).toBe('Mon, 6 July 2026, 14:00:00 CEST')
    expect(zoneName('2026-01-05T12:00:00Z', 'Asia/Kolkata')).toBe('GMT+5:30')
  })

  test('midnight is 00:00, never 24:00', () => {
    expect(bucketLabel('2026-01-04T23:00:00Z', 'hour', berlin)).toBe('00:00')
  })

  test('a day is labelled by its date there', () => {
    expect(bucketLabel('2026-01-04T23:00:00Z', 'day', berlin)).toBe('5 Jan')
    expect(bucketLabel('2026-01-31T23:00:00Z', 'month', berlin)).toBe('Feb 2026')
  })
})

describe('a range', () => {
  test('within a day it names the day once', () => {
    expect(rangeLabel('2026-03-03T13:00:00Z', '2026-03-03T14:00:00Z', berlin)).toBe('Tue 3 Mar, 14:00 – 15:00')
  })

  test('of whole days it needs no times, and its end is the last day in it', () => {
    expect(rangeLabel('2026-03-02T23:00:00Z', '2026-03-03T23:00:00Z', berlin)).toBe('Tue 3 Mar')
    expect(rangeLabel('2026-03-02T23:00:00Z', '2026-03-05T23:00:00Z', berlin)).toBe('Tue 3 Mar – Thu 5 Mar')
  })

  test('over midnight it names both days', () => {
    expect(rangeLabel('2026-03-03T13:00:00Z', '2026-03-04T13:00:00Z', berlin)).toBe(
      'Tue 3 Mar, 14:00 – Wed 4 Mar, 14:00',
    )
  })

  test('the day on which the clock goes forward is still one day', () => {
    expect(rangeLabel('2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', berlin)).toBe('Sun 29 Mar')
  })
})
