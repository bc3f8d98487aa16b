import type { AlertCondition, AlertFigure } from '../../contract/alerts'
import type { TrendColumns } from '../../contract/trends'

/** A figure over a window that ends at `atMs`, and over the window before it. Null where it cannot be told. */
export interface AlertReading {
  atMs: number
  value: number | null
  former: number | null
  /** Why it breaks its rhythm, as a sentence; null where it does not. Undefined where that was not asked. */
  anomaly?: string | null
}

/** Whether the condition holds; null where the reading cannot tell. */
export function conditionHolds(condition: AlertCondition, { value, former, anomaly }: AlertReading): boolean | null {
  switch (condition.kind) {
    case 'above':
      return value === null ? null : value > condition.value
    case 'below':
      return value === null ? null : value < condition.value
    case 'absence':
      return value === null ? null : value === 0
    case 'anomaly':
      return anomaly === undefined ? null : anomaly !== null
    case 'change': {
      // From nothing there is no percentage.
      if (value === null || former === null || former === 0) return null
      const percent = (value / former - 1) * 100
      return condition.direction === 'up' ? percent >= condition.percent : percent <= -condition.percent
    }
  }
}

/** Figures that are made of sums by bucket; the others are read on their own. */
export type SummedFigure = Exclude<AlertFigure, 'p95Ms' | 'repeatedCalls' | 'contextShare'>

/**
 * Sliding windows of `width` buckets over sums by bucket: the window that ends with bucket i is at place i. The first
 * ones, which reach back before the first bucket, are null.
 */
export function slidingFigure(figure: SummedFigure, columns: TrendColumns, width: number): (number | null)[] {
  const above = prefixSums(numeratorOf(figure, columns))
  const below = isShare(figure) ? prefixSums(denominatorOf(figure, columns)) : null
  const over = (sums: number[], index: number): number => sums[index + 1]! - sums[index + 1 - width]!
  return columns.requests.map((_, index) => {
    if (index + 1 < width) return null
    if (below === null) return tidy(over(above, index))
    const whole = over(below, index)
    return whole === 0 ? null : over(above, index) / whole
  })
}

/** The largest within sliding windows of `width` buckets; what is not known counts for nothing, and alone for null. */
export function slidingPeak(values: readonly (number | null)[], width: number): (number | null)[] {
  return values.map((_, index) => {
    if (index + 1 < width) return null
    const within = values.slice(index + 1 - width, index + 1).filter((value) => value !== null)
    return within.length === 0 ? null : Math.max(...within)
  })
}

function isShare(figure: SummedFigure): figure is 'errorShare' | 'cacheShare' {
  return figure === 'errorShare' || figure === 'cacheShare'
}

function numeratorOf(figure: SummedFigure, columns: TrendColumns): number[] {
  switch (figure) {
    case 'tokens':
      return columns.inputTokens.map((tokens, index) => tokens + columns.outputTokens[index]!)
    case 'errorShare':
      return columns.errors
    case 'cacheShare':
      return columns.cacheReadTokens
    default:
      return columns[figure]
  }
}

/** Of all prompt tokens, those read from the cache; of all requests, those that failed. */
function denominatorOf(figure: 'errorShare' | 'cacheShare', columns: TrendColumns): number[] {
  if (figure === 'errorShare') return columns.requests
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = columns
  return inputTokens.map((tokens, index) => tokens + cacheReadTokens[index]! + cacheWriteTokens[index]!)
}

function prefixSums(values: number[]): number[] {
  const sums = [0]
  for (const value of values) sums.push(sums.at(-1)! + value)
  return sums
}

/** A difference of sums of dollars is off by its last digits, and must not fall below nothing. */
function tidy(value: number): number {
  return Math.max(0, Math.round(value * 1e9) / 1e9)
}
