import { fingerprintVersion } from './pack-fingerprint'
import { boundUuids, joinUuids, type Statements } from './session'
import { hourUs } from './time-units'

/** What a request carries on lies no further back, as far as is waited for. */
const nearUs = 12 * hourUs

/** See `Replica.conversationStarts`. */
export async function readConversationStarts(
  statements: Statements,
  ids: readonly string[],
): Promise<Map<string, boolean>> {
  const joined = joinUuids(ids)
  if (joined === null) return new Map()
  const links = await statements.rows<{ id: string; domain: number; timestampUs: number; isStart: boolean }>(
    `SELECT r.id::VARCHAR AS id, r.domain, r.timestamp_us::DOUBLE AS "timestampUs", l.kind = 'start' AS "isStart"
      FROM request r JOIN thread_link l ON l.id = r.id WHERE r.id IN ${boundUuids}`,
    [joined],
  )
  const starts = links.filter(({ isStart }) => isStart)
  const firstUnread = starts.length === 0 ? new Map<number, number>() : await readFirstUnread(statements, starts)
  const known = links.filter(
    ({ isStart, domain, timestampUs }) => !isStart || (firstUnread.get(domain) ?? Infinity) >= timestampUs,
  )
  return new Map(known.map(({ id, isStart }) => [id, isStart]))
}

/** Of each domain the first answered request near these that was not read: it may turn out to come before them. */
async function readFirstUnread(
  statements: Statements,
  near: readonly { timestampUs: number }[],
): Promise<Map<number, number>> {
  const times = near.map(({ timestampUs }) => timestampUs)
  const rows = await statements.rows<{ domain: number; timestampUs: number }>(`
    SELECT domain, min(timestamp_us)::DOUBLE AS "timestampUs" FROM request r
    WHERE timestamp_us BETWEEN ${Math.min(...times) - nearUs} AND ${Math.max(...times)} AND answered = 1
      AND NOT EXISTS (SELECT 1 FROM fingerprint f WHERE f.id = r.id AND f.version = ${fingerprintVersion})
    GROUP BY domain`)
  return new Map(rows.map(({ domain, timestampUs }) => [domain, timestampUs]))
}
