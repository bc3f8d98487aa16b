import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import { findAnomalies, type RhythmPoint } from '../../../src-main/core/usage/anomalies'
import { bucketStarts } from '../../../src-main/core/usage/bucket-starts'
import { rhythmSlots } from '../../../src-main/core/usage/rhythm'
import { createRandom, dayMean, hourMean, noisyCount } from './simulated-series'

const hourMs = 3_600_000
/** A Monday. */
const fromMs = Date.UTC(2026, 5, 1)
const counts = { isCount: true, smallest: 10, format: (value: number) => `${Math.round(value)} requests` }

function hours(count: number, valueAt: (hour: number) => number | null): RhythmPoint[] {
  const starts = Array.from({ length: count }, (_, hour) => fromMs + hour * hourMs)
  const slots = rhythmSlots(starts, 'hour', 'UTC')
  return starts.map((_, hour) => ({ value: valueAt(hour), slots: slots[hour]! }))
}

function days(count: number, valueAt: (day: number) => number | null): RhythmPoint[] {
  const starts = Array.from({ length: count }, (_, day) => fromMs + day * 24 * hourMs)
  const slots = rhythmSlots(starts, 'day', 'UTC')
  return starts.map((_, day) => ({ value: valueAt(day), slots: slots[day]! }))
}

const at = (hour: number, value: number | null, points: (hour: number) => number | null) => (one: number) =>
  one === hour ? value : points(one)
const usual = (hour: number) => hourMean(hour, 100)
/** A Tuesday at 14:00, six weeks on. */
const tuesday = 6 * 168 + 24 + 14
const indexes = (points: RhythmPoint[], options = counts) => findAnomalies(points, options).map(({ index }) => index)

describe('a point against what its series does at such a time', () => {
  test('is found where it is three times as much, and says why', () => {
    const points = hours(7 * 168, at(tuesday, 330, usual))
    expect(findAnomalies(points, counts)).toEqual([
      {
        index: tuesday,
        direction: 'above',
        value: 330,
        expected: expect.closeTo(110, 6),
        usualLow: expect.closeTo(110, 6),
        usualHigh: expect.closeTo(110, 6),
        samples: 6,
        sigmas: expect.closeTo((Math.sqrt(330) - Math.sqrt(110)) / 0.5, 6),
        reason:
          '330 requests, 3.0 times its usual: the last 6 Tuesdays at 14:00 had 110 requests, and about 110 requests was to be expected.',
      },
    ])
  })

  test('is found where it is missing', () => {
    const [found] = findAnomalies(hours(7 * 168, at(tuesday, 0, usual)), counts)
    expect(found).toMatchObject({ index: tuesday, direction: 'below', value: 0 })
    expect(found!.reason).toMatch(/^0 requests, where there is usually some: the last 6 Tuesdays at 14:00 had/)
  })

  test('is nothing where it is not known, and nothing beside it is either', () => {
    expect(indexes(hours(7 * 168, at(tuesday, null, usual)))).toEqual([])
  })

  test('as large as in the middle of the day is found in the middle of the night', () => {
    const night = 6 * 168 + 24 + 3
    expect(indexes(hours(7 * 168, at(night, 110, usual)))).toEqual([night])
  })

  test('that is still under way can be too high but not too low', () => {
    const last = 7 * 168 - 10
    const partial = (value: number) =>
      hours(last + 1, at(last, value, usual)).map((point, index) => ({ ...point, isPartial: index === last }))
    expect(indexes(partial(0))).toEqual([])
    expect(indexes(partial(900))).toEqual([last])
  })

  test('is judged by what came before it alone', () => {
    const random = createRandom(3)
    const points = hours(8 * 168, (hour) => noisyCount(hourMean(hour, 60) * (hour % 97 === 0 ? 6 : 1), 0.2, random))
    const all = findAnomalies(points, counts)
    expect(all.length).toBeGreaterThan(3)
    for (const cut of [5 * 168, 6 * 168 + 11, 7 * 168 + 50]) {
      expect(findAnomalies(points.slice(0, cut), counts)).toEqual(all.filter(({ index }) => index < cut))
      expect(findAnomalies(points, { ...counts, judgeFrom: cut })).toEqual(all.filter(({ index }) => index >= cut))
    }
  })

  test('a weekend is no drop and a Monday no rise, from the second week on', () => {
    expect(indexes(days(60, (day) => dayMean(day, 1000)))).toEqual([])
  })

  test('a series that grows by a tenth each week is no row of anomalies', () => {
    expect(indexes(hours(12 * 168, (hour) => Math.round(hourMean(hour, 100) * 1.1 ** (hour / 168))))).toEqual([])
  })

  test('a level that stays five times as high stands out at first and becomes the usual', () => {
    const found = indexes(days(120, (day) => dayMean(day, day < 60 ? 200 : 1000)))
    expect(found[0]).toBe(60)
    expect(found.at(-1)).toBeLessThan(100)
  })

  test('what is usually nothing has no rhythm: only what is larger than ever stands out', () => {
    const random = createRandom(9)
    const rare = (hour: number) => (random() < 0.03 ? 20 + Math.floor(20 * random()) : hour < 0 ? 1 : 0)
    const values = Array.from({ length: 8 * 168 }, (_, hour) => rare(hour))
    expect(indexes(hours(values.length, (hour) => values[hour]!)).length).toBeLessThan(3)
    const last = values.length - 1
    expect(indexes(hours(values.length, (hour) => (hour === last ? 400 : values[hour]!)))).toContain(last)
  })
})

describe('with too little history nothing is said', () => {
  test.each([0, 1, 50, 24 * 4])('%d hours', (count) => {
    expect(indexes(hours(count, (hour) => (hour === count - 1 ? 5000 : 100)))).toEqual([])
  })

  test('figures below the smallest that matter are never one', () => {
    expect(
      indexes(
        hours(
          7 * 168,
          at(tuesday, 9, () => 1),
        ),
      ),
    ).toEqual([])
    expect(
      indexes(
        hours(
          7 * 168,
          at(tuesday, 60, () => 1),
        ),
      ),
    ).toEqual([tuesday])
  })
})

test('quiet months have hardly a false one, and incidents in them are found', () => {
  const random = createRandom(21)
  const rounds = Number(process.env.NEXUS_TEST_ROUNDS ?? 12)
  let judged = 0
  let false_ = 0
  let missed = 0
  for (let round = 0; round < rounds; round++) {
    const level = 30 + 300 * random()
    const noise = 0.05 + 0.25 * random()
    const weeks = 9
    const values = Array.from({ length: weeks * 168 }, (_, hour) => noisyCount(hourMean(hour, level), noise, random))
    const quiet = hours(values.length, (hour) => values[hour]!)
    judged += values.length - 4 * 168
    false_ += indexes(quiet).length
    // On a working day at eleven: eight times as much, and an outage.
    const surge = 8 * 168 + 24 * Math.floor(5 * random()) + 11
    const outage = 8 * 168 + ((surge - 8 * 168 + 24) % 120)
    for (const [hour, value] of [
      [surge, values[surge]! * 8],
      [outage, 0],
    ] as const) {
      if (
        !indexes(
          hours(
            values.length,
            at(hour, value, (one) => values[one]!),
          ),
        ).includes(hour)
      )
        missed++
    }
  }
  expect(false_ / judged).toBeLessThan(1 / 2000)
  expect(missed / (2 * rounds)).toBeLessThan(0.05)
})

test('whatever a series holds, an anomaly is far from what its reason says was to be expected', () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.constant(0),
    fc.integer({ min: 0, max: 1000 }),
    fc.double({ min: 0, max: 1e9, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(value, { maxLength: 120 }), fc.boolean(), (values, isCount) => {
      for (const found of findAnomalies(
        days(values.length, (day) => values[day]!),
        { isCount, format: String },
      )) {
        expect(found.value).toBe(values[found.index])
        expect(found.samples).toBeGreaterThanOrEqual(4)
        expect(found.sigmas).toBeGreaterThanOrEqual(4.5)
        expect(found.direction).toBe(found.value > found.expected ? 'above' : 'below')
        expect(Math.abs(found.value - found.expected)).toBeGreaterThanOrEqual(found.expected / 2)
        expect(found.reason).toContain(String(found.expected))
      }
    }),
    { numRuns: 300 },
  )
})

describe('the kinds of moments', () => {
  test('are those of the clock on the wall, through a change of it', () => {
    const window = { fromMs: Date.UTC(2026, 9, 24, 22), toMs: Date.UTC(2026, 9, 26, 2) }
    const starts = bucketStarts(window, 'hour', 'Europe/Berlin')
    const names = rhythmSlots(starts, 'hour', 'Europe/Berlin').map(([closest]) => closest!.name)
    expect(names.slice(0, 5)).toEqual([
      'Sundays at 00:00',
      'Sundays at 01:00',
      'Sundays at 02:00',
      'Sundays at 02:00',
      'Sundays at 03:00',
    ])
    expect(names.at(-1)).toBe('Mondays at 02:00')
  })

  test('of days are weekdays, then working days or weekends; weeks and months are all alike', () => {
    const starts = [Date.UTC(2026, 5, 5), Date.UTC(2026, 5, 6)]
    expect(rhythmSlots(starts, 'day', 'UTC').map((slots) => slots.map(({ name }) => name))).toEqual([
      ['Fridays', 'working days'],
      ['Saturdays', 'weekend days'],
    ])
    expect(rhythmSlots(starts, 'month', 'UTC')).toEqual([[{ key: 0, name: 'months' }], [{ key: 0, name: 'months' }]])
    expect(rhythmSlots([], 'day', 'UTC')).toEqual([])
  })
})
