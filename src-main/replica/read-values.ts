import type { KnownValue } from '../core/search/complete-query'
import type { PatternField } from '../core/search/query'
import type { ReadContext } from './read-context'
import type { Statements } from './session'
import { hourUs } from './time-units'

const mostValues = 1000

/** Values of a field with the requests that have them, most first. A value of several codes comes once. */
export async function readValues(
  statements: Statements,
  { words, rolledUntilHour }: Pick<ReadContext, 'words' | 'rolledUntilHour'>,
  field: Exclude<PatternField, 'tag'>,
): Promise<KnownValue[]> {
  const counts = await statements.rows<{ code: number; requests: number }>(
    `SELECT code, sum(requests)::DOUBLE AS requests FROM (${counted(field)}) GROUP BY code
      ORDER BY requests DESC, code LIMIT ${mostValues}`,
    field === 'domain' || field === 'model' ? [rolledUntilHour * hourUs] : [],
  )
  const requestsOf = new Map<string, number>()
  for (const { code, requests } of counts) {
    const value = words.text(code) ?? ''
    requestsOf.set(value, (requestsOf.get(value) ?? 0) + requests)
  }
  return [...requestsOf].map(([value, requests]) => ({ value, requests }))
}

function counted(field: Exclude<PatternField, 'tag'>): string {
  switch (field) {
    case 'domain':
    case 'model':
      return `SELECT ${field} AS code, requests FROM hourly
        UNION ALL SELECT ${field} AS code, 1 AS requests FROM request WHERE timestamp_us >= $1`
    case 'type':
      return 'SELECT request_type AS code, count(*) AS requests FROM request GROUP BY request_type'
    case 'stop':
      return 'SELECT stop_reason AS code, count(*) AS requests FROM request GROUP BY stop_reason'
    case 'tool':
      return 'SELECT tool AS code, count(*) AS requests FROM tool_call GROUP BY tool'
  }
}
