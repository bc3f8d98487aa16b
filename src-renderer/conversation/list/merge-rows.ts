import type { RequestRow } from '../../../src-main/contract/conversations'

/** The newest rows, laid over those that are shown. */
export interface MergedHead {
  rows: RequestRow[]
  /** Ids that were not shown before, newest first. */
  addedIds: string[]
  /** True when the two do not meet: rows may be missing between them, so the list begins anew with the head. */
  hasGap: boolean
}

/** Puts a freshly read first page before the rows that are shown. `head` is newest first and complete for its range. */
export function mergeHead(shown: RequestRow[], head: RequestRow[]): MergedHead {
  const shownIds = new Set(shown.map((row) => row.id))
  const headIds = new Set(head.map((row) => row.id))
  const addedIds = head.filter((row) => !shownIds.has(row.id)).map((row) => row.id)
  const hasGap = head.length > 0 && shown.length > 0 && addedIds.length === head.length
  const rest = hasGap ? [] : shown.filter((row) => !headIds.has(row.id))
  return { rows: [...head, ...rest], addedIds, hasGap }
}

/** Appends a page; rows that are there already keep their place. */
export function appendPage(shown: RequestRow[], page: RequestRow[]): RequestRow[] {
  const shownIds = new Set(shown.map((row) => row.id))
  return [...shown, ...page.filter((row) => !shownIds.has(row.id))]
}

/** The same list with newer versions of some rows. */
export function replaceRows(shown: RequestRow[], fresh: RequestRow[]): RequestRow[] {
  const byId = new Map(fresh.map((row) => [row.id, row]))
  return shown.map((row) => byId.get(row.id) ?? row)
}

/** True while more of the row is to come: its answer, its outcome or its preview. */
export function isUnsettled(row: RequestRow): boolean {
  return !row.answered || row.error === null || row.preview === null
}

/** Which rows to read again after a change: what is seen, and what was unfinished near the top; at most 200. */
export function idsToRefresh(shown: RequestRow[], seen: { start: number; end: number }): string[] {
  const visible = shown.slice(seen.start, seen.end).map((row) => row.id)
  const unfinished = shown.slice(0, 500).filter((row) => !row.answered)
  return [...new Set([...visible.slice(0, 120), ...unfinished.map((row) => row.id)])].slice(0, 200)
}
