import type { CancelSignal, PlacedRequest, Replica, UndecidedQuestion } from '../core/ports'
import { decidedByWords } from '../core/search/undecided'
import type { ReadContext } from './read-context'
import { makeRowFilter, type Bound } from './row-filter'
import { errorCondition } from './schema'
import type { SqlValue, Statements } from './session'
import { usFromMs } from './time-units'

type Read = <T>(
  work: (statements: Statements, context: ReadContext) => Promise<T>,
  signal: CancelSignal | undefined,
) => Promise<T>

/** The questions of `Replica`; `isEncrypted` while no kept text is searched here. */
export function createUndecidedReads(
  read: Read,
  isEncrypted: () => boolean,
): Pick<Replica, 'countUndecided' | 'undecided'> {
  return {
    countUndecided: (asked, signal) =>
      read(async (statements, context) => {
        const values: SqlValue[] = []
        const bound: Bound = (value) => `$${values.push(value)}`
        const condition = await conditionOf(statements, context, { ...asked, isEncrypted: isEncrypted() }, bound)
        if (condition === null) return 0
        const counting = `SELECT count(*)::DOUBLE AS rows FROM request WHERE ${condition}`
        const [counted] = await statements.rows<{ rows: number }>(counting, values)
        return counted!.rows
      }, signal),
    undecided: (asked, { after, limit }, signal) =>
      read(async (statements, context) => {
        const values: SqlValue[] = []
        const bound: Bound = (value) => `$${values.push(value)}`
        const condition = await conditionOf(statements, context, { ...asked, isEncrypted: isEncrypted() }, bound)
        if (condition === null) return []
        const behind = after
          ? `AND (timestamp_us < ${bound(after.timestampUs)}
              OR (timestamp_us = ${bound(after.timestampUs)} AND id < ${bound(after.id)}::UUID))`
          : ''
        return statements.rows<PlacedRequest>(
          `SELECT id::VARCHAR AS id, timestamp_us::DOUBLE AS "timestampUs" FROM request WHERE ${condition} ${behind}
            ORDER BY timestamp_us DESC, request.id DESC LIMIT ${bound(limit)}`,
          values,
        )
      }, signal),
  }
}

/** Over `request`; null when there is no such row. While kept texts are encrypted none of them was searched. */
async function conditionOf(
  statements: Statements,
  context: ReadContext,
  { window, errorsOnly, isEncrypted }: UndecidedQuestion & { isEncrypted: boolean },
  bound: Bound,
): Promise<string | null> {
  const query = window.query === undefined ? false : decidedByWords(window.query)
  if (query === false) return null
  const filter = await makeRowFilter(statements, context, { ...window, query: query === true ? undefined : query })
  if (filter === null) return null
  return `timestamp_us >= ${bound(usFromMs(window.fromMs))} AND timestamp_us < ${bound(usFromMs(window.toMs))}
    ${filter.sql(bound)} ${errorsOnly ? `AND ${errorCondition}` : ''}
    ${isEncrypted ? '' : 'AND NOT EXISTS (SELECT 1 FROM text_doc WHERE text_doc.id = request.id AND whole = 1)'}`
}
