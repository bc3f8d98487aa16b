import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import { fewestDaysToForecast, forecastSums, type Forecast, type Stretch } from '../../../src-main/core/usage/forecast'
import { createRandom, dayMean, gauss, noisyCount } from './simulated-series'

const days = (count: number, valueAt: (day: number) => number) =>
  Array.from({ length: count }, (_, day) => valueAt(day))
const week: Stretch[] = days(7, (day) => day).map((day) => ({ from: day, to: day + 1 }))

function forecast(...asked: Parameters<typeof forecastSums>): Forecast {
  const made = forecastSums(...asked)
  if ('reason' in made) throw new Error(made.reason)
  return made
}

describe('a forecast of known outcome', () => {
  test('of a series that repeats each week is that week, without a band and without an error', () => {
    const values = days(70, (day) => dayMean(day, 100))
    const { bands, errorShare, error, method } = forecast(values, [...week, { from: 0, to: 7 }])
    for (const [index, { value, low, high }] of bands.slice(0, 7).entries()) {
      expect(value).toBeCloseTo(dayMean(70 + index, 100), 9)
      expect(high - low).toBeCloseTo(0, 9)
    }
    expect(bands[7]!.value).toBeCloseTo(550, 9)
    expect(errorShare).toBeCloseTo(0, 9)
    expect(error).toBe('Tried on the last 56 days, it was off by 0.0% of a mean day, up to a week ahead.')
    expect(method).toMatch(/^Each day is forecast as the mean of its weekday over the last 8 weeks/)
  })

  test('of the same figure each day is that figure, and the method says that weekdays tell nothing', () => {
    const { bands, method } = forecast(
      days(60, () => 42),
      [{ from: 0, to: 10 }],
    )
    expect(bands[0]).toEqual({ value: 420, low: 420, high: 420, isTested: true })
    expect(method).toMatch(/telling weekdays apart would have been no closer/)
  })

  test('goes with a level that has doubled two weeks ago', () => {
    const values = days(70, (day) => dayMean(day, day < 56 ? 100 : 200))
    const { bands } = forecast(values, [{ from: 0, to: 7 }])
    expect(bands[0]!.value).toBeGreaterThan(950)
    expect(bands[0]!.value).toBeLessThan(1250)
    expect(bands[0]!.low).toBeLessThanOrEqual(1100)
    expect(bands[0]!.high).toBeGreaterThanOrEqual(1100)
  })

  test('is hardly moved by one day that was a hundred times too large', () => {
    const values = days(70, (day) => (day === 60 ? 11_000 : dayMean(day, 100)))
    const { bands } = forecast(values, [{ from: 0, to: 7 }])
    expect(bands[0]!.value).toBeGreaterThan(500)
    expect(bands[0]!.value).toBeLessThan(600)
  })

  test('does not miss what a skewed series adds up to', () => {
    const random = createRandom(5)
    let sum = 0
    let outcome = 0
    for (let round = 0; round < 200; round++) {
      const values = days(97, () => Math.exp(0.8 * gauss(random)))
      sum += forecast(values.slice(0, 90), [{ from: 0, to: 7 }]).bands[0]!.value
      outcome += values.slice(90).reduce((total, value) => total + value, 0)
    }
    expect(Math.abs(sum / outcome - 1)).toBeLessThan(0.1)
  })

  test('counts only what is left of the day under way', () => {
    const values = days(70, (day) => dayMean(day, 100))
    const whole = forecast(values, [{ from: 0, to: 3 }]).bands[0]!
    const rest = forecast(values, [{ from: 0, to: 3 }], { firstDayShare: 0.25 }).bands[0]!
    expect(whole.value - rest.value).toBeCloseTo(0.75 * dayMean(70, 100), 9)
    expect(forecast(values, [{ from: 0, to: 1 }], { firstDayShare: 0 }).bands[0]).toMatchObject({
      value: 0,
      low: 0,
      high: 0,
    })
  })

  test('further ahead than it can be tried says so, and its band is wider', () => {
    const random = createRandom(7)
    const values = days(30, (day) => noisyCount(dayMean(day, 100), 0.3, random))
    const { bands, method } = forecast(values, [
      { from: 0, to: 7 },
      { from: 0, to: 28 },
    ])
    expect(bands.map((band) => band.isTested)).toEqual([true, false])
    const share = bands.map(({ value, low, high }) => (high - low) / value)
    expect(share[1]!).toBeGreaterThan(share[0]!)
    expect(method).toMatch(/widened by rule/)
  })
})

describe('with too little to go by there is a reason and no forecast', () => {
  test.each([
    ['no day', [], 0],
    ['days without any use', days(90, () => 0), 0],
    ['a fortnight of use after a long silence', [...days(90, () => 0), ...days(14, () => 5)], 14],
  ])('%s', (_, values, used) => {
    expect(forecastSums(values, week)).toEqual({
      reason: `A forecast needs ${fewestDaysToForecast} whole days of use; there are ${used}.`,
    })
  })
})

test('eight in ten outcomes of noisy weekly series lie in the band, of days and of weeks', () => {
  const random = createRandom(11)
  const rounds = Number(process.env.NEXUS_TEST_ROUNDS ?? 150)
  const inBand = { day: 0, week: 0, month: 0 }
  let triedDays = 0
  for (let round = 0; round < rounds; round++) {
    const level = 20 + 500 * random()
    const noise = 0.1 + 0.5 * random()
    const values = days(148, (day) => noisyCount(dayMean(day, level), noise, random))
    const { bands } = forecast(values.slice(0, 120), [...week, { from: 0, to: 7 }, { from: 0, to: 28 }])
    const isIn = (band: number, { from, to }: Stretch) => {
      const outcome = values.slice(120 + from, 120 + to).reduce((sum, value) => sum + value, 0)
      return outcome >= bands[band]!.low && outcome <= bands[band]!.high
    }
    for (const [band, stretch] of week.entries()) inBand.day += Number(isIn(band, stretch))
    triedDays += week.length
    inBand.week += Number(isIn(7, { from: 0, to: 7 }))
    inBand.month += Number(isIn(8, { from: 0, to: 28 }))
  }
  for (const share of [inBand.day / triedDays, inBand.week / rounds, inBand.month / rounds]) {
    expect(share).toBeGreaterThan(0.7)
    expect(share).toBeLessThan(0.92)
  }
})

const series = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 1000 }), fc.double({ min: 0, max: 1e12, noNaN: true })),
  {
    minLength: 0,
    maxLength: 220,
  },
)

test('whatever the series holds, a band is finite, not below 0, and has its forecast in it', () => {
  fc.assert(
    fc.property(
      series,
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, from, length, firstDayShare) => {
        const made = forecastSums(values, [{ from, to: from + length }], { firstDayShare })
        if ('reason' in made) return
        const { value, low, high } = made.bands[0]!
        expect([value, low, high].every(Number.isFinite)).toBe(true)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(low).toBeLessThanOrEqual(value)
        expect(high).toBeGreaterThanOrEqual(value)
      },
    ),
    { numRuns: 150 },
  )
})

test('a series in another unit has the same forecast in that unit', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 30, maxLength: 90 }), (values) => {
      const one = forecastSums(values, week)
      const scaled = forecastSums(
        values.map((value) => value * 1024),
        week,
      )
      if ('reason' in one || 'reason' in scaled) {
        expect(scaled).toEqual(one)
        return
      }
      expect(scaled.method).toBe(one.method)
      for (const [index, band] of one.bands.entries()) {
        for (const figure of ['value', 'low', 'high'] as const) {
          expect(scaled.bands[index]![figure]).toBeCloseTo(band[figure] * 1024, 4)
        }
      }
    }),
    { numRuns: 60 },
  )
})
