import type { ResponseTimes } from '../core/ports'

const shares = [0.5, 0.95, 0.99]

export const noTimes: ResponseTimes = { requests: 0, p50Ms: null, p95Ms: null, p99Ms: null }

/**
 * How many requests took how long: first by bin, then by millisecond within the bins that hold a percentile. A
 * percentile is the shortest time that at least its share of the requests did not exceed, as SQL's `percentile_disc`.
 */
export interface TimeCounts {
  addBin(bin: number, requests: number): void
  addBinsOf(other: TimeCounts): void
  /** Bins whose milliseconds are to be added; no bin may be added afterwards. */
  wantedBins(): readonly number[]
  /** Counts for nothing where the bin is not wanted. */
  addMs(bin: number, ms: number, requests: number): void
  bins(): Iterable<[bin: number, requests: number]>
  times(): ResponseTimes
}

interface Wanted {
  bin: number
  /** Of the request that is looked for, from 1, among those of the bin. */
  rank: number
}

export function createTimeCounts(): TimeCounts {
  const requestsByBin = new Map<number, number>()
  const msOfBin = new Map<number, Map<number, number>>()
  let wanted: Wanted[] | null = null
  let total = 0

  function addBin(bin: number, requests: number): void {
    requestsByBin.set(bin, (requestsByBin.get(bin) ?? 0) + requests)
    total += requests
  }

  function find(): Wanted[] {
    if (wanted) return wanted
    const ascending = [...requestsByBin].sort(([a], [b]) => a - b)
    let index = 0
    let before = 0
    wanted = shares.map((share) => {
      const rank = Math.max(Math.ceil(share * total), 1)
      while (before + ascending[index]![1] < rank) before += ascending[index++]![1]
      return { bin: ascending[index]![0], rank: rank - before }
    })
    for (const { bin } of wanted) msOfBin.set(bin, new Map())
    return wanted
  }

  function valueAt({ bin, rank }: Wanted): number {
    let reached = 0
    for (const [ms, requests] of [...msOfBin.get(bin)!].sort(([a], [b]) => a - b)) {
      reached += requests
      if (reached >= rank) return ms
    }
    throw new Error('The requests of a bin are not all there')
  }

  return {
    addBin,
    addBinsOf(other) {
      for (const [bin, requests] of other.bins()) addBin(bin, requests)
    },
    wantedBins: () => [...new Set(find().map(({ bin }) => bin))],
    addMs(bin, ms, requests) {
      const counts = msOfBin.get(bin)
      counts?.set(ms, (counts.get(ms) ?? 0) + requests)
    },
    bins: () => requestsByBin,
    times() {
      if (total === 0) return noTimes
      const [p50Ms, p95Ms, p99Ms] = find().map(valueAt)
      return { requests: total, p50Ms: p50Ms!, p95Ms: p95Ms!, p99Ms: p99Ms! }
    },
  }
}
