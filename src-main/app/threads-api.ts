import type { ThreadedRequest } from '../contract/threads'
import { readRequestBody } from '../core/bodies/read-request-body'
import { readResponseBody } from '../core/bodies/read-response-body'
import type { ReplicaThread } from '../core/ports'
import type { PriceLedger } from '../core/pricing/create-ledger'
import { explainCacheMiss, type PricedTurn } from '../core/pricing/explain-cache-miss'
import { toUsageToPrice } from '../core/pricing/usage-to-price'
import { readingOrder } from '../core/threads/reading-order'
import { turnDiff } from '../core/threads/turn-diff'
import type { AppApi } from '../rpc/app-api'
import { joinThread } from './join-thread'
import type { OpenWorkspace } from './open-workspace'
import { findRow, readBodies } from './read-request'
import type { Workspaces } from './workspaces'

type JoinedRequest = ReplicaThread['requests'][number]

/** Conversations from the replica, and what each of their turns changed. */
export function createThreadsApi(
  workspaces: Workspaces,
  ledger: PriceLedger,
): Pick<AppApi['conversations'], 'thread' | 'turn'> {
  async function readTurn(workspace: OpenWorkspace, id: string): Promise<PricedTurn> {
    const found = await findRow(workspace, id)
    const bodies = await readBodies(workspace, found)
    const response = readResponseBody(bodies.response)
    return {
      usage: toUsageToPrice(
        { ...found.row, timestampMs: Date.parse(found.row.timestamp) },
        found.usage ?? response.usage,
      ),
      request: readRequestBody(bodies.request),
      response,
    }
  }

  return {
    async thread({ id }) {
      const joined = await joinThread(workspaces.open(), id)
      const rows = new Map(joined.requests.map((request) => [request.link.id, request]))
      return {
        conversationId: joined.conversationId,
        requests: readingOrder(joined.requests).map(({ item, depth }) => toThreaded(item, depth, rows)),
        totals: joined.totals,
        complete: joined.unread === 0,
      }
    },
    async turn({ id }) {
      const workspace = workspaces.open()
      const joined = await joinThread(workspace, id)
      const link = joined.requests.find((request) => request.link.id === id.toLowerCase())?.link
      const parentId = link?.parentId ?? null
      const isHere = joined.requests.some((request) => request.link.id === parentId)
      // A sub-agent begins anew: it has nothing in common with the request that called it.
      if (!link || parentId === null || !isHere || link.kind === 'sub-agent') {
        return { id, parentId, diff: null, cacheMiss: null }
      }
      const [parent, turn] = await Promise.all([readTurn(workspace, parentId), readTurn(workspace, id)])
      return {
        id,
        parentId,
        diff: turnDiff(parent, turn.request),
        cacheMiss: explainCacheMiss(parent, turn, ledger),
      }
    },
  }
}

function toThreaded(item: JoinedRequest, depth: number, rows: Map<string, JoinedRequest>): ThreadedRequest {
  const { row, link, turn } = item
  const { parentId, retryOf, toolUseId, kind, branch, reason, confidence } = link
  const gapMs = gapAfter(rows.get(retryOf ?? parentId ?? '')?.row, row)
  return { row, parentId, retryOf, toolUseId, kind, branch, reason, confidence, turn, depth, gapMs }
}

function gapAfter(before: JoinedRequest['row'] | undefined, row: JoinedRequest['row']): number | null {
  if (!before) return null
  const endMs = Date.parse(before.timestamp) + (before.responseTimeMs ?? 0)
  return Math.max(0, Date.parse(row.timestamp) - endMs)
}
