import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import { conditionHolds, slidingFigure } from '../../../src-main/core/alerts/alert-readings'
import { nothingSeen, stepAlert, type AlertMemory } from '../../../src-main/core/alerts/step-alert'
import type { TrendColumns } from '../../../src-main/contract/trends'

const minuteMs = 60_000

/** Looks a minute apart; gives the minutes at which it fired and cleared. */
function run(holds: (boolean | null)[], rule: { forMinutes: number; coolDownMinutes: number }) {
  let memory: AlertMemory = nothingSeen
  const happened: string[] = []
  for (const [minute, each] of holds.entries()) {
    const step = stepAlert(rule, memory, { atMs: minute * minuteMs, holds: each })
    memory = step.memory
    if (step.happened) happened.push(`${step.happened} ${minute}`)
  }
  return happened
}

const [yes, no, unknown] = [true, false, null]

describe('a rule', () => {
  test('fires once at a crossing, and again only after it has cleared', () => {
    const rule = { forMinutes: 0, coolDownMinutes: 0 }
    expect(run([no, yes, yes, yes, no, no, yes], rule)).toEqual(['fired 1', 'cleared 4', 'fired 6'])
  })
  test('waits until it has held long enough, and begins anew when it stops holding', () => {
    const rule = { forMinutes: 2, coolDownMinutes: 0 }
    expect(run([yes, yes, no, yes, yes, yes, yes], rule)).toEqual(['fired 5'])
  })
  test('says nothing again within its cool-down, but then does if it still holds', () => {
    const rule = { forMinutes: 0, coolDownMinutes: 5 }
    expect(run([yes, no, yes, yes, yes, yes, yes], rule)).toEqual(['fired 0', 'cleared 1', 'fired 5'])
  })
  test('does not change its mind when a look cannot tell', () => {
    const rule = { forMinutes: 0, coolDownMinutes: 0 }
    expect(run([yes, unknown, unknown, yes, no], rule)).toEqual(['fired 0', 'cleared 4'])
  })
  test('alternates between firing and clearing whatever happens, never two of one kind in a row', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(yes, no, unknown), { maxLength: 60 }),
        fc.nat(5),
        fc.nat(10),
        (holds, forMinutes, coolDownMinutes) => {
          const kinds = run(holds, { forMinutes, coolDownMinutes }).map((each) => each.split(' ')[0])
          expect(kinds).toEqual(kinds.map((_, index) => (index % 2 === 0 ? 'fired' : 'cleared')))
        },
      ),
    )
  })
})

const reading = { atMs: 0, value: 10, former: 5 }

test.each([
  [{ kind: 'above', value: 9 }, reading, true],
  [{ kind: 'above', value: 10 }, reading, false],
  [{ kind: 'below', value: 11 }, reading, true],
  [{ kind: 'below', value: 11 }, { ...reading, value: null }, null],
  [{ kind: 'absence' }, { ...reading, value: 0 }, true],
  [{ kind: 'absence' }, reading, false],
  [{ kind: 'change', direction: 'up', percent: 100 }, reading, true],
  [{ kind: 'change', direction: 'up', percent: 101 }, reading, false],
  [{ kind: 'change', direction: 'down', percent: 50 }, { ...reading, value: 2 }, true],
  [{ kind: 'change', direction: 'up', percent: 1 }, { ...reading, former: 0 }, null],
  [{ kind: 'anomaly' }, { ...reading, anomaly: 'far off' }, true],
  [{ kind: 'anomaly' }, { ...reading, anomaly: null }, false],
  [{ kind: 'anomaly' }, reading, null],
] as const)('%j of %j holds: %s', (condition, given, holds) => {
  expect(conditionHolds(condition, given)).toBe(holds)
})

test('a sliding window is the sum, or the share of the sums, of its buckets', () => {
  const buckets = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.nat(900)), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(buckets, fc.integer({ min: 1, max: 8 }), (rows, width) => {
      const columns = columnsOf(rows)
      const sum = (values: number[], end: number) =>
        values.slice(end + 1 - width, end + 1).reduce((total, value) => total + value, 0)
      const expected = rows.map((_, end) => {
        if (end + 1 < width) return [null, null, null]
        const requests = sum(columns.requests, end)
        const share = requests === 0 ? null : sum(columns.errors, end) / requests
        return [requests, share, sum(columns.costUsd, end)]
      })
      const figures = (['requests', 'errorShare', 'costUsd'] as const).map((figure) =>
        slidingFigure(figure, columns, width),
      )
      for (const [index, [requests, share, cost]] of expected.entries()) {
        expect(figures[0]![index]).toBe(requests)
        expect(figures[1]![index]).toBe(share)
        if (cost === null) expect(figures[2]![index]).toBeNull()
        else expect(figures[2]![index]).toBeCloseTo(cost!, 8)
      }
    }),
  )
})

function columnsOf(rows: [number, number, number][]): TrendColumns {
  const zeros = rows.map(() => 0)
  return {
    requests: rows.map(([requests, errors]) => requests + errors),
    errors: rows.map(([, errors]) => errors),
    costUsd: rows.map(([, , cents]) => cents / 100),
    inputTokens: zeros,
    outputTokens: zeros,
    cacheReadTokens: zeros,
    cacheWriteTokens: zeros,
    unpricedRequests: zeros,
    usagePending: zeros,
  }
}
