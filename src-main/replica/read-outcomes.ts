import type { OutcomesAnswer, QueryWindow } from '../core/ports'
import { bucketIndexSql } from './bucket-sql'
import type { ReadContext } from './read-context'
import { makeRowFilter, type Bound } from './row-filter'
import { errorCondition, pendingCondition, toolsPendingCondition } from './schema'
import type { SqlValue, Statements } from './session'
import { usFromMs } from './time-units'

/** How answers ended and which tools they called, by bucket. The caller's transaction makes it one snapshot. */
export async function readOutcomes(
  statements: Statements,
  context: ReadContext,
  { window, bucketStarts }: { window: QueryWindow; bucketStarts: number[] },
): Promise<Omit<OutcomesAnswer, 'asOf'>> {
  const zeros = () => bucketStarts.map(() => 0)
  const stopReasonPending = zeros()
  const toolsPending = zeros()
  const stopReasons = new Map<number, number[]>()
  const tools = new Map<number, { calls: number[]; requests: number[] }>()
  const filter = await makeRowFilter(statements, context, window)
  if (filter) {
    const startsUs = bucketStarts.map(usFromMs)
    const ask = (sqlOf: (bound: Bound, bucket: string, within: string) => string, visit: (row: number[]) => void) => {
      const values: SqlValue[] = []
      const bound: Bound = (value) => `$${values.push(value)}`
      const bucket = `(${bucketIndexSql('timestamp_us', startsUs, bound)})::INTEGER AS bucket`
      const within = `timestamp_us >= ${bound(usFromMs(window.fromMs))} AND timestamp_us < ${bound(usFromMs(window.toMs))}`
      return statements.visit(sqlOf(bound, bucket, within), values, visit)
    }
    await ask(
      (bound, bucket, within) => `
        SELECT ${bucket}, stop_reason, sum((usage_read = 1 AND NOT ${errorCondition})::UTINYINT)::DOUBLE AS requests,
          sum(${pendingCondition}::UTINYINT)::DOUBLE AS pending, sum(${toolsPendingCondition}::UTINYINT)::DOUBLE AS tools_pending
        FROM request WHERE ${within} AND answered = 1 ${filter.sql(bound)} GROUP BY ALL`,
      ([bucket, code, requests, pending, withoutTools]) => {
        stopReasonPending[bucket!]! += pending!
        toolsPending[bucket!]! += withoutTools!
        if (requests! > 0) addAt(stopReasons, code!, zeros)[bucket!]! += requests!
      },
    )
    await ask(
      (bound, bucket, within) => `
        SELECT ${bucket}, tool, sum(calls)::DOUBLE AS calls, count(*)::DOUBLE AS requests FROM tool_call
        ${
          // Calls know their domain and model; for anything else the request is asked.
          filter.isRolledUp
            ? `WHERE ${within} ${filter.sql(bound)}`
            : `SEMI JOIN (SELECT timestamp_us, id FROM request WHERE ${within} ${filter.sql(bound)}) r
                USING (timestamp_us, id) WHERE ${within}`
        } GROUP BY ALL`,
      ([bucket, code, calls, requests]) => {
        const tool = addAt(tools, code!, () => ({ calls: zeros(), requests: zeros() }))
        tool.calls[bucket!]! += calls!
        tool.requests[bucket!]! += requests!
      },
    )
  }
  const { words } = context
  return {
    stopReasonPending,
    toolsPending,
    stopReasons: [...stopReasons]
      .toSorted(([, a], [, b]) => sum(b) - sum(a))
      .map(([code, requests]) => ({ key: words.text(code), requests })),
    tools: [...tools]
      .map(([code, { calls, requests }]) => ({ name: words.text(code) ?? '', calls, requests }))
      .toSorted((a, b) => sum(b.calls) - sum(a.calls) || (a.name < b.name ? -1 : 1)),
  }
}

function addAt<V>(map: Map<number, V>, key: number, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
