import type { ResponseTimeQuestion, ResponseTimesAnswer } from '../core/ports'
import { bucketIndexSql } from './bucket-sql'
import type { ReadContext } from './read-context'
import { makeRowFilter, type Bound } from './row-filter'
import { sourceNull } from './schema'
import type { SqlValue, Statements } from './session'
import { createTimeCounts, noTimes, type TimeCounts } from './time-counts'
import { usFromMs } from './time-units'

/** Bucket and code in one number that a float64 holds exactly. */
const bucketFactor = 2 ** 32
/** The first pass counts stretches of 2^7 ms. */
const binBits = 7

/**
 * Exact percentiles in two passes over one snapshot: the first counts the requests of each stretch of 128 ms, which says
 * where the percentiles lie; the second counts the milliseconds of those stretches alone.
 */
export async function readResponseTimes(
  statements: Statements,
  context: ReadContext,
  { window, by, bucketStarts = [] }: ResponseTimeQuestion,
): Promise<Omit<ResponseTimesAnswer, 'asOf'>> {
  const tallies = createTallies(bucketStarts.length)
  const { words } = context
  const filter = await makeRowFilter(statements, context, window)
  if (filter !== null) {
    const values: SqlValue[] = []
    const bound: Bound = (value) => `$${values.push(value)}`
    const startsUs = bucketStarts.map(usFromMs)
    const bucket = startsUs.length === 0 ? '0' : bucketIndexSql('timestamp_us', startsUs, bound)
    // The bit of a null time is the highest one of its column: a comparison that DuckDB can skip blocks by.
    // Small integers where they can be: grouping by them takes half the time.
    const code = by === 'type' ? 'request_type' : (by ?? '0')
    const place = startsUs.length === 0 ? code : `(${bucket})::BIGINT * ${bucketFactor} + ${code}`
    const times = `(SELECT ${place} AS place,
        response_time_ms AS ms, (response_time_ms >> ${binBits})::INTEGER AS bin
      FROM request WHERE timestamp_us >= ${bound(usFromMs(window.fromMs))} AND timestamp_us < ${bound(usFromMs(window.toMs))}
        AND source_nulls < ${sourceNull.responseTimeMs} ${filter.sql(bound)}) times`
    await statements.visit(
      `SELECT place::DOUBLE AS place, bin, requests FROM (
        SELECT place, bin, count(*)::DOUBLE AS requests FROM ${times} GROUP BY place, bin)`,
      values,
      ([place, bin, requests]) => tallies.cell(place!).addBin(bin!, requests!),
    )
    const wanted = tallies.wanted()
    if (wanted.length > 0) {
      const list = (numbers: number[]): string => `unnest(string_split('${numbers.join(',')}', ','))::BIGINT`
      await statements.visit(
        `SELECT times.place::DOUBLE AS place, bin, ms, count(*)::DOUBLE AS requests FROM ${times}
          SEMI JOIN (SELECT ${list(wanted.map(({ place }) => place))} AS place,
            ${list(wanted.map(({ bin }) => bin))}::INTEGER AS bin) wanted USING (place, bin)
          GROUP BY times.place, bin, ms`,
        values,
        ([place, bin, ms, requests]) => {
          for (const counts of tallies.around(place!)) counts.addMs(bin!, ms!, requests!)
        },
      )
    }
  }
  const all = { total: tallies.all.times(), buckets: tallies.buckets.map((counts) => counts.times()) }
  if (by === undefined) return { all, groups: [] }
  const groups = [...tallies.codes].map(([code, total]) => ({
    key: words.text(code),
    total: total.times(),
    buckets: bucketStarts.map((_, index) => tallies.find(code, index)?.times() ?? noTimes),
  }))
  return { all, groups: groups.toSorted((a, b) => b.total.requests - a.total.requests) }
}

/** Counts of each bucket and code, and of all buckets, all codes and both together. */
function createTallies(bucketCount: number) {
  const cells = new Map<number, TimeCounts>()
  const all = createTimeCounts()
  const buckets = Array.from({ length: bucketCount }, createTimeCounts)
  const codes = new Map<number, TimeCounts>()

  /** Whatever a cell is part of; the cell itself comes first. */
  function around(place: number): TimeCounts[] {
    const bucket = Math.floor(place / bucketFactor)
    const code = codes.get(place % bucketFactor)
    return [cells.get(place), all, buckets[bucket], code].filter((counts) => counts !== undefined)
  }

  return {
    all,
    buckets,
    codes,
    around,
    find: (code: number, bucket: number) => cells.get(bucket * bucketFactor + code),
    cell(place: number): TimeCounts {
      let counts = cells.get(place)
      if (!counts) cells.set(place, (counts = createTimeCounts()))
      return counts
    },
    /** What the second pass is to count; call it once, after the first. */
    wanted(): { place: number; bin: number }[] {
      for (const place of cells.keys()) {
        const code = place % bucketFactor
        if (!codes.has(code)) codes.set(code, createTimeCounts())
        const [cell, ...sums] = around(place)
        for (const sum of sums) sum.addBinsOf(cell!)
      }
      return [...cells.keys()].flatMap((place) => {
        const bins = new Set(around(place).flatMap((counts) => counts.wantedBins()))
        return [...bins].map((bin) => ({ place, bin }))
      })
    },
  }
}
