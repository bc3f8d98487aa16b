import type { ListSort } from '../core/ports'
import type { ListPlace } from './list-cursor'
import { pricing } from './price-request'
import type { Bound } from './row-filter'
import { sourceNull } from './schema'

/** What a row is ordered by. A row without the figure comes after all others in either order. */
export function figureSql({ by, order }: ListSort): string {
  const none = order === 'desc' ? -1 : noFigure
  switch (by) {
    case 'time':
      return '0'
    case 'cost':
      return `CASE WHEN pricing = ${pricing.priced} THEN cost_pico ELSE ${none} END`
    case 'duration':
      return `CASE WHEN source_nulls & ${sourceNull.responseTimeMs} = 0 THEN response_time_ms::BIGINT ELSE ${none} END`
    default:
      return '(input_tokens::BIGINT + output_tokens)'
  }
}

/** More than any row has, and exact in a float64. */
const noFigure = Number.MAX_SAFE_INTEGER

/** The condition that a row comes after a place. */
export function isBeyond({ order }: ListSort, figure: string, after: ListPlace, bound: Bound): string {
  const is = order === 'desc' ? '<' : '>'
  const time = bound(after.timestampUs)
  const later = `(timestamp_us ${is} ${time} OR (timestamp_us = ${time} AND id ${is} ${bound(after.id)}::UUID))`
  if (after.figure === null) return later
  const last = bound(after.figure)
  return `(${figure} ${is} ${last} OR (${figure} = ${last} AND ${later}))`
}
