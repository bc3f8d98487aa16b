import type { ReportQuestion } from '../contract/reports'
import type { BudgetWatch, QueryWindow } from '../core/ports'
import type { ReportContent } from '../core/reports/report-content'
import { readQuery } from '../core/search/parse-query'
import type { Condition } from '../core/search/query'
import type { AppApi } from '../rpc/app-api'
import type { OpenWorkspace } from './open-workspace'

/** What a report asks, and about when. */
export interface ReportPeriod {
  fromMs: number
  toMs: number
  /** Null where it was asked for by hand. */
  dueMs: number | null
  isLate: boolean
}

export type MakeReport = (
  workspace: OpenWorkspace,
  question: ReportQuestion,
  period: ReportPeriod,
  signal?: AbortSignal,
) => Promise<ReportContent>

const failed: Condition = { kind: 'choice', field: 'status', values: ['error'] }

/** Takes the figures of a report from where the screens have theirs, so that they are the same. */
export function createMakeReport(sources: {
  costs: AppApi['costs']
  usage: AppApi['usage']
  budgets: Pick<BudgetWatch, 'states'>
  timeZone: () => string
  now: () => number
}): MakeReport {
  const { costs, usage, budgets, timeZone, now } = sources
  return async (workspace, { name, q }, { fromMs, toMs, dueMs, isLate }, signal) => {
    const scope = { from: iso(fromMs), to: iso(toMs), ...(q !== '' && { q }) }
    const context = { signal }
    const window: QueryWindow = { fromMs, toMs, query: andFailed(q) }
    const [allocation, stats, errors, states] = await Promise.all([
      costs.allocation({ ...scope, rows: 'domain', columns: 'model' }, context),
      usage.stats(scope, context),
      workspace.replica.overview(window, { ...window, toMs: fromMs, fromMs: fromMs - 1 }, [fromMs]),
      budgets.states(signal, toMs - 1),
    ])
    return {
      name,
      workspace: workspace.state().name,
      q,
      timeZone: timeZone(),
      fromMs,
      toMs,
      dueMs,
      madeMs: now(),
      isLate,
      costs: allocation as ReportContent['costs'],
      stats: stats as ReportContent['stats'],
      errors: errors.domains,
      budgets: states,
      notices: workspace.alerts.value().notices.filter(({ firedAt }) => firedAt >= scope.from && firedAt < scope.to),
      missingMs: workspace.replica.missing(window).reduce((sum, part) => sum + part.toMs - part.fromMs, 0),
    }
  }
}

function andFailed(q: string): QueryWindow['query'] {
  const query = readQuery(q)
  if (query === null) return failed
  return { kind: 'and', parts: query.kind === 'and' ? [...query.parts, failed] : [query, failed] }
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
