import type { ReplicaThread } from '../core/ports'
import { fingerprintVersion } from './pack-fingerprint'
import { readRowsById } from './read-rows'
import { selectById, type RowTimes } from './row-times'
import { uuidList, type Statements } from './session'
import { hourUs, isoFromUs } from './time-units'
import type { Words } from './words'

/** Unread requests this close to a conversation may belong to it. */
const nearUs = 12 * hourUs

interface LinkRow {
  timestampUs: number
  id: string
  conversationId: string
  branch: string
  kind: ReplicaThread['requests'][number]['link']['kind']
  parentId: string
  retryOf: string
  toolUseId: string
  reason: ReplicaThread['requests'][number]['link']['reason']
  confidence: ReplicaThread['requests'][number]['link']['confidence']
  turn: number
}

/** The conversation of a request, in the order of time. A request that is not joined yet stands alone. Null when unknown. */
export async function readThread(
  statements: Statements,
  from: { words: Words; times: RowTimes },
  id: string,
): Promise<ReplicaThread | null> {
  const [self] = await selectById<{ timestampUs: number; id: string; domain: number }>(
    statements,
    from.times,
    [id],
    'timestamp_us::DOUBLE AS "timestampUs", id::VARCHAR AS id, domain',
  )
  if (!self) return null
  // The rows' own domain and time, and rows that still are there.
  const links = await statements.rows<LinkRow>(`
    SELECT r.timestamp_us::DOUBLE AS "timestampUs", l.id::VARCHAR AS id, l.conversation_id AS "conversationId", l.branch,
      l.kind, l.parent_id AS "parentId", l.retry_of AS "retryOf", l.tool_use_id AS "toolUseId", l.reason, l.confidence, l.turn
    FROM thread_link l JOIN request r ON r.id = l.id
    WHERE r.domain = ${self.domain}
      AND l.conversation_id = (SELECT conversation_id FROM thread_link WHERE id IN ${uuidList([id])} LIMIT 1)
    ORDER BY r.timestamp_us, r.id`)
  const requests = links.length > 0 ? links : [alone(self)]
  from.times.learn(requests.map((link) => ({ id: link.id, timestamp: isoFromUs(link.timestampUs) })))
  const found = await readRowsById(
    statements,
    from,
    requests.map((link) => link.id),
  )
  const rowById = new Map(found.map(({ row }) => [row.id, row]))
  const times = requests.map(({ timestampUs }) => timestampUs)
  return {
    conversationId: requests[0]!.conversationId,
    requests: requests.flatMap((link) => {
      const row = rowById.get(link.id)
      if (!row) return []
      const { timestampUs: _, turn, ...rest } = link
      const parts = {
        parentId: rest.parentId || null,
        retryOf: rest.retryOf || null,
        toolUseId: rest.toolUseId || null,
      }
      return [{ row, turn: links.length > 0 ? turn : null, link: { ...rest, ...parts } }]
    }),
    totals: await readTotals(statements, [...rowById.keys()]),
    unread: await countUnread(statements, self.domain, times[0]! - nearUs, times.at(-1)! + nearUs),
  }
}

function alone({ timestampUs, id }: { timestampUs: number; id: string }): LinkRow {
  const nothing = { parentId: '', retryOf: '', toolUseId: '', turn: 1 }
  const place = { kind: 'start', reason: 'nothing-earlier', confidence: 'low' } as const
  return { timestampUs, id, conversationId: id, branch: 'main', ...place, ...nothing }
}

/** Summed from the stored picodollars, so that they agree with every other sum of the same rows. */
async function readTotals(statements: Statements, ids: string[]): Promise<ReplicaThread['totals']> {
  const [totals] = await statements.rows<Omit<ReplicaThread['totals'], 'costUsd'> & { costPico: number }>(`
    SELECT count(*)::DOUBLE AS requests,
      coalesce(sum(input_tokens), 0)::DOUBLE AS "inputTokens", coalesce(sum(output_tokens), 0)::DOUBLE AS "outputTokens",
      coalesce(sum(cache_read_tokens), 0)::DOUBLE AS "cacheReadTokens",
      coalesce(sum(cache_write_5m_tokens::BIGINT + cache_write_1h_tokens), 0)::DOUBLE AS "cacheWriteTokens",
      coalesce(sum(cost_pico), 0)::DOUBLE AS "costPico", count(*) FILTER (pricing = 1)::DOUBLE AS unpriced
    FROM request WHERE id IN ${uuidList(ids)}`)
  const { costPico, ...rest } = totals!
  return { ...rest, costUsd: costPico / 1e12 }
}

async function countUnread(statements: Statements, domain: number, fromUs: number, toUs: number): Promise<number> {
  const [count] = await statements.rows<{ unread: number }>(`
    SELECT count(*)::DOUBLE AS unread FROM request r
    WHERE domain = ${domain} AND timestamp_us BETWEEN ${fromUs} AND ${toUs} AND (
      NOT EXISTS (SELECT 1 FROM fingerprint f WHERE f.id = r.id AND f.version = ${fingerprintVersion})
      OR NOT EXISTS (SELECT 1 FROM thread_link l WHERE l.id = r.id))`)
  return count!.unread
}
