import type { PeaksAnswer, QueryWindow } from '../core/ports'
import { bucketIndexSql } from './bucket-sql'
import type { ReadContext } from './read-context'
import { makeRowFilter } from './row-filter'
import { pendingCondition } from './schema'
import type { SqlValue, Statements } from './session'
import { usFromMs } from './time-units'

/** The largest prompts and the most repeated calls by bucket. The caller's transaction makes it one snapshot. */
export async function readPeaks(
  statements: Statements,
  context: ReadContext,
  { window, bucketStarts }: { window: QueryWindow; bucketStarts: readonly number[] },
): Promise<PeaksAnswer> {
  const answer: PeaksAnswer = {
    prompts: bucketStarts.map(() => []),
    repeatedCalls: bucketStarts.map(() => 0),
    requests: 0,
    callsUnread: 0,
    promptsUnread: 0,
  }
  const filter = await makeRowFilter(statements, context, window)
  if (!filter) return answer
  const values: SqlValue[] = []
  const bound = (value: SqlValue): string => `$${values.push(value)}`
  const bucket = bucketIndexSql('timestamp_us', bucketStarts.map(usFromMs), bound)
  await statements.visit(
    `SELECT bucket, model, max(prompt)::DOUBLE, max(repeated)::DOUBLE, count(*)::DOUBLE,
      count(*) FILTER (WHERE repeated < 0)::DOUBLE, count(*) FILTER (WHERE pending)::DOUBLE
    FROM (
      SELECT (${bucket})::INTEGER AS bucket, model, ${pendingCondition} AS pending,
        input_tokens::BIGINT + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens AS prompt,
        coalesce(f.repeated_calls, -1) AS repeated
      FROM (SELECT * FROM request
        WHERE timestamp_us >= ${bound(usFromMs(window.fromMs))} AND timestamp_us < ${bound(usFromMs(window.toMs))}
        ${filter.sql(bound)}) r LEFT JOIN (SELECT id, repeated_calls FROM fingerprint) f USING (id)
    ) GROUP BY bucket, model`,
    values,
    ([at, model, prompt, repeated, requests, callsUnread, promptsUnread]) => {
      const isFirst = answer.prompts[at!]!.length === 0
      const former = isFirst ? null : answer.repeatedCalls[at!]!
      answer.repeatedCalls[at!] = repeated! < 0 ? former : Math.max(former ?? 0, repeated!)
      answer.prompts[at!]!.push({ model: context.words.text(model!), tokens: prompt! })
      answer.requests += requests!
      answer.callsUnread += callsUnread!
      answer.promptsUnread += promptsUnread!
    },
  )
  return answer
}
