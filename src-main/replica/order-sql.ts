import type { ListSort } from '../core/ports'
import type { ListPlace } from './list-cursor'
import { pricing } from './price-request'
import type { Bound } from './row-filter'
import { timeKnownCondition, type peakColumns } from './schema'
import type { Statements } from './session'

/** What rows are ordered by. A column by itself lets DuckDB skip blocks whose figures are out of reach. */
export interface Figure {
  sql: string
  /** Which rows have it, null where all have; the others hold a 0. */
  isKnown: string | null
  /** Where the roll-up has the largest of an hour's. */
  peak: (typeof peakColumns)[number]
  /** What is then true of single columns where it lies from `low` to `high`; null is no end. */
  implied(statements: Statements, ends: { low: number | null; high: number | null }): Promise<string[]>
}

const nothingMore = async (): Promise<string[]> => []

export const figures: Record<Exclude<ListSort['by'], 'time'>, Figure> = {
  cost: { sql: 'cost_pico', isKnown: `pricing = ${pricing.priced}`, peak: 'most_cost_pico', implied: nothingMore },
  duration: {
    sql: 'response_time_ms',
    isKnown: timeKnownCondition,
    peak: 'most_time_ms',
    implied: nothingMore,
  },
  tokens: {
    sql: '(input_tokens::BIGINT + output_tokens)',
    isKnown: null,
    peak: 'most_tokens',
    async implied(statements, { low, high }) {
      // DuckDB knows the ends of a column without reading it.
      const [output] = await statements.rows<{ least: number | null; most: number | null }>(
        'SELECT min(output_tokens) AS least, max(output_tokens) AS most FROM request',
      )
      return [
        ...(low === null ? [] : [`input_tokens >= ${low - (output?.most ?? 0)}`]),
        ...(high === null ? [] : [`input_tokens <= ${high - (output?.least ?? 0)}`]),
      ]
    },
  },
}

/** The same for every row: one without the figure comes after all others in either order. */
export function figureSql({ by, order }: ListSort): string {
  if (by === 'time') return '0'
  const { sql, isKnown } = figures[by]
  return isKnown === null ? sql : `CASE WHEN ${isKnown} THEN ${sql}::BIGINT ELSE ${figureOfNone(order)} END`
}

/** Less, or more, than any row has, and exact in a float64. */
export function figureOfNone(order: ListSort['order']): number {
  return order === 'desc' ? -1 : Number.MAX_SAFE_INTEGER
}

/** The condition that a row comes after a place. */
export function isBeyond({ order }: ListSort, figure: string, after: ListPlace, bound: Bound): string {
  const is = order === 'desc' ? '<' : '>'
  const time = bound(after.timestampUs)
  const later = `(timestamp_us ${is} ${time} OR (timestamp_us = ${time} AND id ${is} ${bound(after.id)}::UUID))`
  if (after.figure === null) return later
  const last = bound(after.figure)
  return `(${figure} ${is} ${last} OR (${figure} = ${last} AND ${later}))`
}
