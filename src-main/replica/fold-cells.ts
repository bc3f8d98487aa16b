import type { DomainShare, Figures, ModelShare, TimelinePoint, TimelineSeries } from '../contract/usage'
import type { Cell } from './read-cells'
import { costUsd } from './schema'
import { isoFromUs } from './time-units'
import type { Words } from './words'

/** A share of the requests while it is summed. */
interface Sums {
  requests: number
  inputTokens: number
  outputTokens: number
  costMicroUsd: number
  costRestPico: number
  unpriced: number
  errors: number
  lastUs: number
}

function emptySums(): Sums {
  return {
    requests: 0,
    inputTokens: 0,
    outputTokens: 0,
    costMicroUsd: 0,
    costRestPico: 0,
    unpriced: 0,
    errors: 0,
    lastUs: -Infinity,
  }
}

function addTo(sums: Sums, cell: Cell): void {
  sums.requests += cell.requests
  sums.inputTokens += cell.inputTokens
  sums.outputTokens += cell.outputTokens
  sums.costMicroUsd += cell.costMicroUsd
  sums.costRestPico += cell.costRestPico
  sums.unpriced += cell.unpriced
  sums.errors += cell.errors
  if (cell.lastUs > sums.lastUs) sums.lastUs = cell.lastUs
}

/** Adds up cells to the figures of a whole window. */
export function createFiguresFold() {
  const sums = emptySums()
  const domains = new Set<number>()
  let cacheReadTokens = 0
  let cacheWriteTokens = 0
  let pending = 0
  return {
    add(cell: Cell): void {
      addTo(sums, cell)
      cacheReadTokens += cell.cacheReadTokens
      cacheWriteTokens += cell.cacheWriteTokens
      pending += cell.pending
      if (cell.domain !== 0) domains.add(cell.domain)
    },
    figures(): Figures {
      return {
        requests: sums.requests,
        inputTokens: sums.inputTokens,
        outputTokens: sums.outputTokens,
        totalTokens: sums.inputTokens + sums.outputTokens,
        cacheReadTokens,
        cacheWriteTokens,
        costUsd: costUsd(sums.costMicroUsd, sums.costRestPico),
        unpricedRequests: sums.unpriced,
        usagePending: pending,
        activeDomains: domains.size,
        errors: sums.errors,
      }
    },
  }
}

/** Adds up cells to shares by a text column, most requests first. */
export function createSharesFold(column: 'model' | 'domain', words: Words) {
  const byCode = new Map<number, Sums>()

  function shares() {
    return [...byCode]
      .map(([code, sums]) => ({ code, name: words.text(code), sums }))
      .sort((a, b) => b.sums.requests - a.sums.requests || compareNames(a.name, b.name))
  }

  function figuresOf({ requests, inputTokens, outputTokens, costMicroUsd, costRestPico, unpriced }: Sums) {
    const cost = costUsd(costMicroUsd, costRestPico)
    return { requests, inputTokens, outputTokens, costUsd: cost, unpricedRequests: unpriced }
  }

  return {
    add(cell: Cell): void {
      let sums = byCode.get(cell[column])
      if (!sums) byCode.set(cell[column], (sums = emptySums()))
      addTo(sums, cell)
    },
    codes: (): number[] => shares().map((share) => share.code),
    models: (): ModelShare[] => shares().map(({ name, sums }) => ({ model: name, ...figuresOf(sums) })),
    domains: (): DomainShare[] =>
      shares().map(({ name, sums }) => ({ domain: name, ...figuresOf(sums), lastSeen: isoFromUs(sums.lastUs) })),
  }
}

/** Adds up cells to a point a bucket; buckets without a request stay, with zeros. */
export function createTimelineFold(startsMs: readonly number[]) {
  const buckets = startsMs.map(emptySums)
  const domains = startsMs.map(() => new Set<number>())
  return {
    add(cell: Cell): void {
      addTo(buckets[cell.bucket]!, cell)
      if (cell.domain !== 0) domains[cell.bucket]!.add(cell.domain)
    },
    points: (): TimelinePoint[] =>
      buckets.map((sums, index) => ({
        start: new Date(startsMs[index]!).toISOString(),
        requests: sums.requests,
        inputTokens: sums.inputTokens,
        outputTokens: sums.outputTokens,
        costUsd: costUsd(sums.costMicroUsd, sums.costRestPico),
        errors: sums.errors,
        activeDomains: domains[index]!.size,
      })),
  }
}

/** The same for each value of a column beside each other. */
export function createSeriesFold(column: 'model' | 'domain', bucketCount: number, words: Words) {
  const byCode = new Map<number, Sums[]>()
  return {
    add(cell: Cell): void {
      let buckets = byCode.get(cell[column])
      if (!buckets) byCode.set(cell[column], (buckets = Array.from({ length: bucketCount }, emptySums)))
      addTo(buckets[cell.bucket]!, cell)
    },
    /** In the order of `codes`. */
    series: (codes: number[]): TimelineSeries[] =>
      codes.map((code) => {
        const buckets = byCode.get(code)!
        return {
          name: words.text(code),
          requests: buckets.map((sums) => sums.requests),
          tokens: buckets.map((sums) => sums.inputTokens + sums.outputTokens),
          costUsd: buckets.map((sums) => costUsd(sums.costMicroUsd, sums.costRestPico)),
        }
      }),
  }
}

/** Null goes last. */
function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}
