import type { CostAxis, CostFigures, Costs, CostSlice, JoinedCost } from '../../../src-main/contract/costs'
import type { ChartFigures } from '../../charts/use-save-entries'
import { axisLabels, isTimeAxis } from './axis'

/** The table of costs as rows, the total last. */
export function allocationRows(
  { allocation, joined }: Pick<Costs, 'allocation' | 'joined'>,
  rows: CostAxis,
  columns: CostAxis | undefined,
): ChartFigures {
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
  ): (string | number | null)[] => [
    label,
    figures.costUsd,
    total.costUsd === 0 ? null : figures.costUsd / total.costUsd,
    figures.requests,
    figures.unpricedRequests,
    figures.inputTokens,
    figures.outputTokens,
    figures.cacheReadTokens,
    figures.cacheWriteTokens,
    of.conversations,
    of.conversations === 0 ? null : of.costUsd / of.conversations,
    ...cells.map((cell) => cell?.costUsd ?? null),
  ]
  const lines = [
    ...allocation.rows.map((row) => line(name(rows, row), row.total, row.joined, row.cells)),
    line(
      'Total',
      total,
      joined,
      allocation.columns.map((column) => column.total),
    ),
  ]
  return { columns: head, rows: lines }
}

function name(axis: CostAxis, slice: CostSlice): string {
  return isTimeAxis(axis) ? (slice.from ?? '') : (slice.key ?? `(no ${axis})`)
}
