import { array, assert, integer, property, tuple } from '../fakes/seeded-check'
import { expect, test } from 'vitest'
import { addRange, clipRanges, coveredShare, gapsIn, newestGap } from '../../src-main/replica/coverage'
import type { TimeRange } from '../../src-main/replica/replica-store'

const range = tuple(integer({ min: 0, max: 40 }), integer({ min: 0, max: 12 })).map(([fromUs, length]) => ({
  fromUs,
  toUs: fromUs + length,
}))
const ranges = array(range, { maxLength: 12 })

function moments(covered: readonly TimeRange[]): number[] {
  return Array.from({ length: 60 }, (_, moment) => moment).filter((moment) =>
    covered.some((one) => one.fromUs <= moment && moment < one.toUs),
  )
}

test('adding ranges covers exactly their moments, ascending and apart', () => {
  assert(
    property(ranges, (added) => {
      const covered = added.reduce<TimeRange[]>((all, one) => addRange(all, one), [])
      expect(moments(covered)).toEqual(moments(added))
      for (const [index, one] of covered.entries()) {
        expect(one.fromUs).toBeLessThan(one.toUs)
        if (index > 0) expect(covered[index - 1]!.toUs).toBeLessThan(one.fromUs)
      }
    }),
  )
})

test('filling the newest gap again and again covers the whole stretch, newest first', () => {
  assert(
    property(ranges, range, (added, within) => {
      let covered = added.reduce<TimeRange[]>((all, one) => addRange(all, one), [])
      let before = Infinity
      for (let gap = newestGap(covered, within); gap; gap = newestGap(covered, within)) {
        expect(gap.toUs).toBeLessThan(before)
        expect(moments(clipRanges(covered, gap))).toEqual([])
        before = gap.fromUs
        covered = addRange(covered, gap)
      }
      expect(coveredShare(covered, within)).toBe(1)
    }),
  )
})

test('gaps are the moments that no range covers, and the newest of them is the last', () => {
  assert(
    property(ranges, range, (added, within) => {
      const covered = added.reduce<TimeRange[]>(addRange, [])
      const gaps = gapsIn(covered, within)
      const open = moments([within]).filter((moment) => !moments(covered).includes(moment))
      expect(moments(gaps)).toEqual(open)
      expect(gaps.at(-1) ?? null).toEqual(newestGap(covered, within))
    }),
  )
})
