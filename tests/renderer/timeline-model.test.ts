import { describe, expect, test } from 'vitest'
import type { Timeline } from '../../src-main/contract/usage'
import {
  bucketRange,
  isLabelled,
  isLastBucketOpen,
  layers,
  missingRuns,
} from '../../src-renderer/charts/timeline-model'

const hourMs = 3_600_000

function timeline(from: string, to: string, starts: string[], requests: number[] = []): Timeline {
  return {
    from,
    to,
    asOf: to,
    bucket: 'hour',
    points: starts.map((start, index) => ({
      start,
      requests: requests[index] ?? 1,
      inputTokens: 10,
      outputTokens: 5,
      costUsd: 0.5,
      errors: 0,
      activeDomains: 1,
    })),
  }
}

const day = timeline('2026-03-03T10:20:00.000Z', '2026-03-03T12:40:00.000Z', [
  '2026-03-03T10:00:00.000Z',
  '2026-03-03T11:00:00.000Z',
  '2026-03-03T12:00:00.000Z',
])

describe('the range behind a bar', () => {
  test('is cut to the window at both ends', () => {
    expect(bucketRange(day, 0)).toEqual({ from: '2026-03-03T10:20:00.000Z', to: '2026-03-03T11:00:00.000Z' })
    expect(bucketRange(day, 2)).toEqual({ from: '2026-03-03T12:00:00.000Z', to: '2026-03-03T12:40:00.000Z' })
  })

  test('is none beside the bars', () => {
    expect(bucketRange(day, -1)).toBeNull()
    expect(bucketRange(day, 3)).toBeNull()
  })

  test('ranges of all bars make the window without gap or overlap', () => {
    const ranges = day.points.map((_, index) => bucketRange(day, index)!)
    expect(ranges.map(({ from }) => from)).toEqual([day.from, ...ranges.slice(0, -1).map(({ to }) => to)])
    expect(ranges.at(-1)!.to).toBe(day.to)
  })
})

describe('the layers of the bars', () => {
  test('unstacked there is one, in the chosen metric', () => {
    expect(layers(day, 'tokens').map(({ values }) => values)).toEqual([[15, 15, 15]])
    expect(layers(day, 'cost')[0]!.values).toEqual([0.5, 0.5, 0.5])
  })

  test('stacked, the largest lies at the bottom and what has nothing is left out', () => {
    const series = [
      { name: 'small', requests: [1, 0, 0], tokens: [], costUsd: [] },
      { name: null, requests: [5, 5, 5], tokens: [], costUsd: [] },
      { name: 'none', requests: [0, 0, 0], tokens: [], costUsd: [] },
    ]
    expect(layers({ ...day, series }, 'requests').map(({ name }) => name)).toEqual([null, 'small'])
  })

  test('more than eight become seven and the others, and nothing gets lost', () => {
    const series = Array.from({ length: 12 }, (_, index) => ({
      name: `m${index}`,
      requests: [index + 1, 1, 0],
      tokens: [],
      costUsd: [],
    }))
    const found = layers({ ...day, series }, 'requests')
    expect(found).toHaveLength(8)
    expect(found.at(-1)!.isOthers).toBe(true)
    const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0)
    expect(total(found.flatMap(({ values }) => values))).toBe(total(series.flatMap(({ requests }) => requests)))
  })
})

describe('what is not known yet', () => {
  test('bars that the copy has not all of are told, at either end and in the middle', () => {
    const runs = (...missing: [string, string][]) =>
      missingRuns({
        ...day,
        missing: missing.map(([from, to]) => ({ from: `2026-03-03T${from}:00.000Z`, to: `2026-03-03T${to}:00.000Z` })),
      })
    expect(missingRuns(day)).toEqual([])
    expect(runs()).toEqual([])
    expect(runs(['08:00', '10:00'])).toEqual([])
    expect(runs(['10:00', '10:30'])).toEqual([{ first: 0, last: 0 }])
    expect(runs(['10:00', '11:00'])).toEqual([{ first: 0, last: 0 }])
    expect(runs(['11:10', '11:20'])).toEqual([{ first: 1, last: 1 }])
    expect(runs(['10:00', '10:45'], ['12:10', '13:00'])).toEqual([
      { first: 0, last: 0 },
      { first: 2, last: 2 },
    ])
    expect(runs(['10:30', '12:30'])).toEqual([{ first: 0, last: 2 }])
  })

  test('the last bar is open until its bucket is over', () => {
    expect(isLastBucketOpen(day, Date.parse('2026-03-03T12:40:00Z'))).toBe(true)
    expect(isLastBucketOpen(day, Date.parse('2026-03-03T13:00:00Z'))).toBe(false)
  })
})

describe('labels of the axis', () => {
  const starts = (first: string, stepMs: number, count: number) =>
    Array.from({ length: count }, (_, index) => new Date(Date.parse(first) + index * stepMs).toISOString())

  test('stand at round hours of the chosen zone', () => {
    const labelled = starts('2026-03-03T00:00:00Z', hourMs, 24).filter((start) =>
      isLabelled(start, 'hour', 24, 'Asia/Kathmandu'),
    )
    // Five hours and three quarters ahead: hour buckets there begin at a quarter past in UTC, and 3 o'clock is 21:15.
    expect(labelled.length).toBe(8)
    expect(isLabelled('2026-03-02T21:15:00Z', 'hour', 24, 'Asia/Kathmandu')).toBe(true)
  })

  test('are few enough for every bucket size', () => {
    const cases = [
      ['minute', 60_000, 60],
      ['5-minutes', 300_000, 36],
      ['15-minutes', 900_000, 24],
      ['hour', hourMs, 48],
      ['6-hours', 6 * hourMs, 28],
      ['day', 24 * hourMs, 30],
      ['day', 24 * hourMs, 90],
    ] as const
    for (const [bucket, stepMs, count] of cases) {
      const labelled = starts('2026-03-02T00:00:00Z', stepMs, count).filter((start) =>
        isLabelled(start, bucket, count, 'UTC'),
      )
      expect(labelled.length, `${count} times ${bucket}`).toBeGreaterThanOrEqual(3)
      expect(labelled.length, `${count} times ${bucket}`).toBeLessThanOrEqual(18)
    }
  })
})
