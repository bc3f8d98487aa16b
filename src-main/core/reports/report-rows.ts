import type { CostFigures } from '../../contract/costs'
import type { TableColumns } from '../ports'
import type { ReportContent } from './report-content'
import { budgetName } from './report-words'

/** The columns of a report as a table. Times are ISO texts in UTC, costs US dollars; what a row does not have is null. */
export const reportColumns = {
  section: 'text',
  from: 'text',
  to: 'text',
  domain: 'text',
  model: 'text',
  name: 'text',
  at: 'text',
  requests: 'count',
  errors: 'count',
  inputTokens: 'count',
  outputTokens: 'count',
  cacheReadTokens: 'count',
  cacheWriteTokens: 'count',
  unpricedRequests: 'count',
  costUsd: 'number',
  previousCostUsd: 'number',
  budgetUsd: 'number',
  note: 'text',
} as const satisfies TableColumns

export type ReportRow = Partial<Record<keyof typeof reportColumns, string | number | null>>

/**
 * The report as rows of one table, each with its section: `summary` is one row, `allocation` one of each domain and
 * model, and these add up to the summary. Rows carry the period, so that files of several can be put together.
 */
export function reportRows(content: ReportContent): ReportRow[] {
  const { stats, costs, errors, budgets, notices } = content
  const { rows, columns, total } = costs.allocation
  const found: ReportRow[] = [
    { section: 'summary', ...figuresOf(total), errors: stats.errors, previousCostUsd: costs.previous.costUsd },
    ...rows.flatMap(({ key, cells }) =>
      cells.flatMap((cell, index) =>
        cell ? [{ section: 'allocation', domain: key, model: columns[index]!.key, ...figuresOf(cell) }] : [],
      ),
    ),
    ...errors.map(({ domain, requests }) => ({ section: 'errors', domain, errors: requests })),
    ...costs.movers.domains.map(({ key, ...moved }) => ({ section: 'mover', name: 'domain', domain: key, ...moved })),
    ...costs.movers.models.map(({ key, ...moved }) => ({ section: 'mover', name: 'model', model: key, ...moved })),
    ...budgets.map(({ budget, spentUsd }) => ({
      section: 'budget',
      name: budgetName(budget.target),
      note: budget.target.kind,
      costUsd: spentUsd,
      budgetUsd: budget.monthlyUsd,
    })),
    ...notices.map(({ name, sentence, firedAt }) => ({ section: 'alert', name, at: firedAt, note: sentence })),
  ]
  const period = { from: new Date(content.fromMs).toISOString(), to: new Date(content.toMs).toISOString() }
  return found.map((row) => ({ ...row, ...period }))
}

function figuresOf(figures: CostFigures): ReportRow {
  const { requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, unpricedRequests, costUsd } = figures
  return { requests, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, unpricedRequests, costUsd }
}
