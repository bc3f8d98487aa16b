import type { CostFigures } from '../../../src-main/contract/costs'
import type { ReportContent } from '../../../src-main/core/reports/report-content'

/** A report of one domain and one model, with names that a page and a spreadsheet must not run. */
export function contentFixture(change: Partial<ReportContent> = {}): ReportContent {
  const figures: CostFigures = {
    requests: 3,
    inputTokens: 1000,
    outputTokens: 200,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: 1.25,
    unpricedRequests: 0,
  }
  const window = { from: '2026-11-23T00:00:00.000Z', to: '2026-11-24T00:00:00.000Z' }
  const stats = { ...figures, totalTokens: 1200, usagePending: 0, activeDomains: 1, errors: 1 }
  const former = { from: '2026-11-22T00:00:00.000Z', to: window.from }
  const hostile = `=1+1<script>alert('x')</script>\u202e`
  return {
    name: 'Daily',
    workspace: 'Test & co',
    q: '',
    timeZone: 'UTC',
    fromMs: Date.parse(window.from),
    toMs: Date.parse(window.to),
    dueMs: Date.parse('2026-11-24T08:00:00Z'),
    madeMs: Date.parse('2026-11-24T08:00:05Z'),
    isLate: false,
    stats: { ...stats, ...window, asOf: window.to, previous: { ...stats, ...former, costUsd: 1 } },
    costs: {
      ...window,
      asOf: window.to,
      allocation: {
        rows: [
          {
            key: hostile,
            total: figures,
            cells: [figures],
            joined: { conversations: 1, requests: 3, costUsd: 1.25 },
          },
        ],
        columns: [{ key: 'claude-x', total: figures }],
        total: figures,
      },
      previous: { ...figures, ...former, costUsd: 1 },
      usagePending: 0,
      movers: { domains: [{ key: hostile, costUsd: 1.25, previousCostUsd: 1 }], models: [] },
      unpriced: [],
      cache: { readTokens: 0, readCostUsd: 0, freshCostUsd: 0 },
      cacheMisses: { turns: 0, missedTokens: 0, lostUsd: 0 },
      joined: { conversations: 1, requests: 3, costUsd: 1.25 },
      endingModels: [],
    },
    errors: [],
    budgets: [],
    notices: [],
    missingMs: 0,
    ...change,
  }
}
