import type { RequestRow } from '../contract/conversations'
import type { TimeRange } from './replica-store'
import { uuidList, type Statements } from './session'

/**
 * When the requests that were listed lately were made. Ids are random and have no index, so that one is found by a scan
 * of all; with its time it is found in one block. A hint alone: where it misleads, the scan decides.
 */
export interface RowTimes {
  learn(rows: readonly Pick<RequestRow, 'id' | 'timestamp'>[]): void
  /** Where those of these requests lie whose times are known; null when none is. */
  spanOf(ids: readonly string[]): TimeRange | null
}

const mostKnown = 20_000

export function createRowTimes(): RowTimes {
  const known = new Map<string, number>()
  return {
    learn(rows) {
      for (const { id, timestamp } of rows) {
        known.delete(id)
        known.set(id, Date.parse(timestamp))
      }
      for (const id of known.keys()) {
        if (known.size <= mostKnown) break
        known.delete(id)
      }
    },
    spanOf(ids) {
      let [from, to] = [Infinity, -Infinity]
      for (const id of ids) {
        const ms = known.get(id.toLowerCase())
        if (ms === undefined) continue
        from = Math.min(from, ms)
        to = Math.max(to, ms)
      }
      // A listed time is rounded down to its millisecond.
      return to < from ? null : { fromUs: from * 1000, toUs: (to + 1) * 1000 }
    },
  }
}

/** Columns of the requests with these ids, in no order; `columns` holds the id as text. */
export async function selectById<Row extends { id: string }>(
  statements: Statements,
  times: RowTimes,
  ids: readonly string[],
  columns: string,
): Promise<Row[]> {
  const select = (some: readonly string[], within: string): Promise<Row[]> =>
    statements.rows<Row>(`SELECT ${columns} FROM request WHERE ${within} id IN ${uuidList(some)}`)
  const span = times.spanOf(ids)
  const near = span ? await select(ids, `timestamp_us >= ${span.fromUs} AND timestamp_us < ${span.toUs} AND`) : []
  const found = new Set(near.map(({ id }) => id))
  const others = ids.filter((id) => !found.has(id.toLowerCase()))
  return others.length === 0 ? near : [...near, ...(await select(others, ''))]
}
