import type { ListAnswer, QueryWindow } from '../core/ports'
import { conditionsOf } from '../core/search/query'
import type { ReadContext } from './read-context'
import { makeRowFilter } from './row-filter'
import type { SqlValue, Statements } from './session'
import { usFromMs } from './time-units'

/** How much of a window, with its domain and model, can be searched for words; nothing for a query without any. */
export async function readSearchable(
  statements: Statements,
  context: ReadContext,
  { fromMs, toMs, domain, model, query }: QueryWindow,
  isEncrypted: boolean,
): Promise<Pick<ListAnswer, 'searchable'>> {
  if (query === undefined || conditionsOf(query).every(({ kind }) => kind !== 'text')) return {}
  const filter = await makeRowFilter(statements, context, { domain, model })
  if (filter === null) return {}
  const values: SqlValue[] = [usFromMs(fromMs), usFromMs(toMs)]
  const [searchable] = await statements.rows<{ kept: number; of: number }>(
    `SELECT count(*) FILTER (WHERE id IN (SELECT id FROM text_doc WHERE whole = 1))::DOUBLE AS kept,
      count(*)::DOUBLE AS of FROM request
    WHERE timestamp_us >= $1 AND timestamp_us < $2 ${filter.sql((value) => `$${values.push(value)}`)}`,
    values,
  )
  return { searchable: { kept: isEncrypted ? 0 : searchable!.kept, of: searchable!.of, isEncrypted } }
}
