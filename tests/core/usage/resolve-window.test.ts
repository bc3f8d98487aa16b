import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import type { BucketSize } from '../../../src-main/contract/usage'
import { Failure } from '../../../src-main/core/failure'
import { bucketStarts } from '../../../src-main/core/usage/bucket-starts'
import { resolveWindow } from '../../../src-main/core/usage/resolve-window'

const nowMs = Date.parse('2026-11-23T15:20:30.400Z')
const utc = { nowMs, asOfMs: null, timeZone: 'UTC' }
const hourMs = 3_600_000

/** Starts as the clock on the wall shows them, with the distance from UTC. */
function wall(starts: number[], timeZone: string): string[] {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  })
  return starts.map((start) => format.format(start))
}

function startsOf(from: string, to: string, bucket: BucketSize, timeZone: string): string[] {
  return wall(bucketStarts({ fromMs: Date.parse(from), toMs: Date.parse(to) }, bucket, timeZone), timeZone)
}

describe('the window of a scope', () => {
  test('is the last 24 hours when nothing is said, and before it the 24 hours before', () => {
    const { window, previous } = resolveWindow({}, utc)
    expect(window).toMatchObject({ fromMs: nowMs - 24 * hourMs, toMs: nowMs })
    expect(previous).toMatchObject({ fromMs: nowMs - 48 * hourMs, toMs: nowMs - 24 * hourMs })
  })

  test('ends just after the newest row where the clock of the database runs ahead', () => {
    const asOfMs = nowMs + 90_000
    expect(resolveWindow({ hours: 1 }, { ...utc, asOfMs }).window.toMs).toBe(asOfMs + 1)
    expect(resolveWindow({ hours: 1 }, { ...utc, asOfMs: nowMs - 90_000 }).window.toMs).toBe(nowMs)
  })

  test('is what from and to say, each alone or both, with any offset', () => {
    const from = '2026-11-01T00:00:00+01:00'
    const to = '2026-11-02T00:00:00Z'
    const toMs = Date.parse(to)
    expect(resolveWindow({ from, to }, utc).window).toMatchObject({ fromMs: Date.parse(from), toMs })
    expect(resolveWindow({ from }, utc).window).toMatchObject({ fromMs: Date.parse(from), toMs: nowMs })
    expect(resolveWindow({ to }, utc).window).toMatchObject({ fromMs: toMs - 24 * hourMs, toMs })
    expect(resolveWindow({ to, hours: 2 }, utc).window).toMatchObject({ fromMs: toMs - 2 * hourMs, toMs })
  })

  test('keeps domain and model for both windows', () => {
    const { window, previous } = resolveWindow({ domain: 'acme.com', model: '' }, utc)
    expect([window, previous]).toMatchObject([
      { domain: 'acme.com', model: '' },
      { domain: 'acme.com', model: '' },
    ])
  })

  test('takes the zone of the scope before the zone of the settings', () => {
    expect(resolveWindow({ tz: 'Asia/Kolkata' }, utc).timeZone).toBe('Asia/Kolkata')
    expect(resolveWindow({}, utc).timeZone).toBe('UTC')
  })

  test.each([
    ['it begins in the future', { from: '2027-01-01T00:00:00Z' }, 'UTC'],
    ['it spans centuries', { from: '1970-01-01T00:00:00Z', to: '2170-01-01T00:00:00Z' }, 'UTC'],
    ['it begins before 1970', { from: '1960-01-01T00:00:00Z', to: '1961-01-01T00:00:00Z' }, 'UTC'],
    ['the zone does not exist', {}, 'Mars/Olympus'],
  ])('is refused when %s', (_, scope, timeZone) => {
    expect(() => resolveWindow(scope, { ...utc, timeZone })).toThrow(Failure)
  })
})

describe('the buckets of a window', () => {
  test.each<[number, BucketSize, number]>([
    [1, 'minute', 61],
    [2, 'minute', 121],
    [6, '5-minutes', 73],
    [12, '15-minutes', 49],
    [24, 'hour', 25],
    [7 * 24, 'hour', 169],
    [14 * 24, '6-hours', 57],
    [30 * 24, 'day', 31],
    [90 * 24, 'day', 91],
    [365 * 24, 'week', 54],
    [5 * 365 * 24, 'month', 61],
  ])('fit its length: %d hours back make %s buckets', (hours, bucket, points) => {
    const resolved = resolveWindow({ hours }, utc)
    expect([resolved.bucket, resolved.bucketStarts.length]).toEqual([bucket, points])
  })

  test('are 24 for 24 hours that end on the hour', () => {
    const onTheHour = Date.parse('2026-11-23T15:00:00Z')
    const { bucketStarts: starts } = resolveWindow({}, { ...utc, nowMs: onTheHour })
    expect(starts.length).toBe(24)
    expect(starts[0]).toBe(onTheHour - 24 * hourMs)
  })

  test('begin on the hour of zones that stand half an hour off', () => {
    expect(startsOf('2026-11-23T03:10:00Z', '2026-11-23T05:40:00Z', 'hour', 'Asia/Kolkata')).toEqual([
      '2026-11-23 08:00:00',
      '2026-11-23 09:00:00',
      '2026-11-23 10:00:00',
      '2026-11-23 11:00:00',
    ])
  })

  test('begin at midnight of the zone, through both clock changes of Berlin', () => {
    expect(startsOf('2026-03-28T00:00:00+01:00', '2026-03-31T00:00:00+02:00', 'day', 'Europe/Berlin')).toEqual([
      '2026-03-28 00:00:00',
      '2026-03-29 00:00:00',
      '2026-03-30 00:00:00',
    ])
    const window = { fromMs: Date.parse('2026-10-24T22:00:00Z'), toMs: Date.parse('2026-10-26T23:00:00Z') }
    const starts = bucketStarts(window, 'day', 'Europe/Berlin')
    expect(starts.map((start, i) => ((starts[i + 1] ?? window.toMs) - start) / hourMs)).toEqual([25, 24])
  })

  test('are 23 and 25 hours on the days of the clock changes', () => {
    expect(
      startsOf('2026-03-29T00:00:00+01:00', '2026-03-30T00:00:00+02:00', 'hour', 'Europe/Berlin').slice(0, 4),
    ).toEqual(['2026-03-29 00:00:00', '2026-03-29 01:00:00', '2026-03-29 03:00:00', '2026-03-29 04:00:00'])
    const back = startsOf('2026-10-25T00:00:00+02:00', '2026-10-26T00:00:00+01:00', 'hour', 'Europe/Berlin')
    expect(back.length).toBe(25)
    expect(back.slice(1, 5)).toEqual([
      '2026-10-25 01:00:00',
      '2026-10-25 02:00:00',
      '2026-10-25 02:00:00',
      '2026-10-25 03:00:00',
    ])
  })

  test('keep to the clock where it moves by half an hour', () => {
    expect(startsOf('2026-10-03T15:00:00Z', '2026-10-03T18:00:00Z', 'hour', 'Australia/Lord_Howe')).toEqual([
      '2026-10-04 01:00:00',
      '2026-10-04 02:30:00',
      '2026-10-04 03:00:00',
      '2026-10-04 04:00:00',
    ])
    expect(startsOf('2026-04-04T14:00:00Z', '2026-04-04T17:00:00Z', 'hour', 'Australia/Lord_Howe')).toEqual([
      '2026-04-05 01:00:00',
      '2026-04-05 02:00:00',
      '2026-04-05 03:00:00',
    ])
    expect(startsOf('2026-04-04T14:30:00Z', '2026-04-04T15:35:00Z', '15-minutes', 'Australia/Lord_Howe')).toEqual([
      '2026-04-05 01:30:00',
      '2026-04-05 01:45:00',
      '2026-04-05 01:30:00',
      '2026-04-05 01:45:00',
      '2026-04-05 02:00:00',
    ])
  })

  test('begin the day with its first moment where midnight is skipped, and once where it comes twice', () => {
    expect(startsOf('2018-11-03T03:00:00Z', '2018-11-06T02:00:00Z', 'day', 'America/Sao_Paulo')).toEqual([
      '2018-11-03 00:00:00',
      '2018-11-04 01:00:00',
      '2018-11-05 00:00:00',
    ])
    expect(startsOf('2018-02-17T02:00:00Z', '2018-02-19T03:00:00Z', 'day', 'America/Sao_Paulo')).toEqual([
      '2018-02-17 00:00:00',
      '2018-02-18 00:00:00',
    ])
    expect(startsOf('2026-10-31T04:00:00Z', '2026-11-03T05:00:00Z', 'day', 'America/Havana')).toEqual([
      '2026-10-31 00:00:00',
      '2026-11-01 00:00:00',
      '2026-11-02 00:00:00',
    ])
    expect(startsOf('2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', '6-hours', 'America/Havana')).toEqual([
      '2026-10-31 18:00:00',
      '2026-11-01 00:00:00',
      '2026-11-01 06:00:00',
      '2026-11-01 12:00:00',
      '2026-11-01 18:00:00',
    ])
  })

  test('leave out the day that a zone left out', () => {
    expect(startsOf('2011-12-29T10:00:00Z', '2012-01-01T10:00:00Z', 'day', 'Pacific/Apia')).toEqual([
      '2011-12-29 00:00:00',
      '2011-12-31 00:00:00',
      '2012-01-01 00:00:00',
    ])
  })

  test('begin weeks on Monday and months on the first', () => {
    expect(startsOf('2026-03-25T12:00:00Z', '2026-04-08T00:00:00Z', 'week', 'Europe/Berlin')).toEqual([
      '2026-03-23 00:00:00',
      '2026-03-30 00:00:00',
      '2026-04-06 00:00:00',
    ])
    expect(startsOf('2025-12-31T23:30:00Z', '2026-04-01T00:00:00Z', 'month', 'Europe/Berlin')).toEqual([
      '2026-01-01 00:00:00',
      '2026-02-01 00:00:00',
      '2026-03-01 00:00:00',
      '2026-04-01 00:00:00',
    ])
  })

  test('cover any window of any zone, ascending and without gaps', () => {
    const zones = [
      'UTC',
      'Asia/Kathmandu',
      'Europe/Dublin',
      'America/St_Johns',
      'Africa/Casablanca',
      'Antarctica/Troll',
    ]
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('2000-01-01'), max: Date.parse('2027-01-01') }),
        fc.double({ min: 0.01, max: 800, noNaN: true }),
        fc.constantFrom(...zones, 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Chatham'),
        (from, days, tz) => {
          const to = new Date(from + Math.ceil(days * 24 * hourMs)).toISOString()
          const { window, bucketStarts: starts } = resolveWindow({ from: new Date(from).toISOString(), to, tz }, utc)
          expect(starts[0]).toBeLessThanOrEqual(window.fromMs)
          expect(starts[1] ?? Infinity).toBeGreaterThan(window.fromMs)
          expect(starts.at(-1)).toBeLessThan(window.toMs)
          expect(starts.every((start, i) => i === 0 || start > (starts[i - 1] ?? Infinity))).toBe(true)
          expect(starts.length).toBeLessThanOrEqual(171)
          expect(wall(starts, tz).filter((time) => !time.endsWith(':00'))).toEqual([])
        },
      ),
      { numRuns: 400 },
    )
  })
})
