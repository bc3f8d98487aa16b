import type { RequestRow } from '../../src-main/contract/conversations'
import { createSearchApi } from '../../src-main/app/search-api'
import { readQuery } from '../../src-main/core/search/parse-query'
import type { AppApi } from '../../src-main/rpc/app-api'
import { judgeRow } from '../core/search/judge-row'

/** The product's own help with queries, over the values of a few rows. */
export function fixtureSearch(rows: () => readonly RequestRow[]): AppApi['search'] {
  const assisting = createSearchApi(() => async (field) => {
    const texts = rows().map(({ domain, model, requestType: type, stopReason: stop }) => {
      const known: Record<string, string | null> = { domain, model, type, stop }
      return field in known ? (known[field] ?? '') : null
    })
    const values = new Set(texts.filter((text) => text !== null))
    return [...values].map((value) => ({ value, requests: texts.filter((text) => text === value).length }))
  })
  return {
    ...assisting,
    databaseCost: async () => ({ requests: 0, bytes: 0, textIndex: null, hasRowIndex: true }),
    async inDatabase() {
      const nothing = { searched: 0, of: 0, added: 0, removed: 0, reachedAt: null }
      return (async function* () {
        yield { type: 'done' as const, isLate: false, ...nothing }
      })()
    },
  }
}

/** The rows that a query means. Throws as the app does for one that cannot be understood. */
export function rowsOfQuery(rows: readonly RequestRow[], q: string | undefined): RequestRow[] {
  const query = readQuery(q ?? '')
  const nothing = { tools: [], tags: [], isPinned: false, isNoted: false }
  return rows.filter((row) => query === null || judgeRow(query, { ...row, ...nothing }))
}
