import type { ThreadedRequest } from '../contract/threads'
import type { BodyWork, TurnToCompare } from '../core/bodies/body-work'
import type { ReplicaThread } from '../core/ports'
import type { PriceLedger } from '../core/pricing/create-ledger'
import { priceCacheMiss } from '../core/pricing/explain-cache-miss'
import type { Remote } from '../core/remote-work'
import { readingOrder } from '../core/threads/reading-order'
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
  reading: Remote<BodyWork>,
): Pick<AppApi['conversations'], 'thread' | 'turn'> {
  async function readTurn(workspace: OpenWorkspace, id: string): Promise<TurnToCompare> {
    const { row, usage } = await findRow(workspace, id)
    const { request, response } = await readBodies(workspace, { row, usage })
    const { domain, model, inputTokens, outputTokens } = row
    return {
      bodies: { request, response },
      row: { domain, model, inputTokens, outputTokens, timestampMs: Date.parse(row.timestamp) },
      usage,
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
      const { diff, cacheMiss, usage } = await reading.compare(parent, turn)
      return {
        id,
        parentId,
        diff,
        cacheMiss: cacheMiss && { ...cacheMiss, lostUsd: priceCacheMiss(usage, cacheMiss.missedTokens, ledger) },
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
