import type { CostAxis, CostFigures, Costs, CostSlice, JoinedCost } from '../../../src-main/contract/costs'
import { toCsv } from '../../format/csv'
import { axisLabels, isTimeAxis } from './axis'

/** The table of costs as CSV (RFC 4180): US dollars with nine decimals, the total last. */
export function allocationCsv(
  { allocation, joined }: Pick<Costs, 'allocation' | 'joined'>,
  rows: CostAxis,
  columns: CostAxis | undefined,
): string {
  const { total } = allocation
  const head = [
    axisLabels[rows],
    'Cost USD',
    'Share',
    'Requests',
    'Unpriced requests',
    'Input tokens',
    'Output tokens',
    'Cache read tokens',
    'Cache write tokens',
    'Conversations',
    'Cost per conversation USD',
    ...allocation.columns.map((column) => `${name(columns!, column)} cost USD`),
  ]
  const line = (
    label: string,
    figures: CostFigures,
    of: JoinedCost,
    cells: (CostFigures | null)[],
  ): (string | number)[] => [
    label,
    figures.costUsd.toFixed(9),
    total.costUsd === 0 ? '' : (figures.costUsd / total.costUsd).toFixed(6),
    figures.requests,
    figures.unpricedRequests,
    figures.inputTokens,
    figures.outputTokens,
    figures.cacheReadTokens,
    figures.cacheWriteTokens,
    of.conversations,
    of.conversations === 0 ? '' : (of.costUsd / of.conversations).toFixed(9),
    ...cells.map((cell) => cell?.costUsd.toFixed(9) ?? ''),
  ]
  const lines = [
    head,
    ...allocation.rows.map((row) => line(name(rows, row), row.total, row.joined, row.cells)),
    line(
      'Total',
      total,
      joined,
      allocation.columns.map((column) => column.total),
    ),
  ]
  return toCsv(lines)
}

function name(axis: CostAxis, slice: CostSlice): string {
  return isTimeAxis(axis) ? (slice.from ?? '') : (slice.key ?? `(no ${axis})`)
}
