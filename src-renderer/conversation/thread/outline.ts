import type { ThreadedRequest } from '../../../src-main/contract/threads'
import { counted } from '../../format/number'

/** One line of the outline: a request, or a run of asides (retries, sub-agents, branches) folded into one. */
export type OutlineRow =
  | { kind: 'request'; key: string; request: ThreadedRequest }
  | { kind: 'fold'; key: string; label: string; requests: number; costUsd: number; unpriced: number; isOpen: boolean }

const words: Partial<Record<ThreadedRequest['kind'], [singular: string, plural: string]>> = {
  retry: ['retry', 'retries'],
  'sub-agent': ['sub-agent', 'sub-agents'],
  branch: ['branch', 'branches'],
}

/**
 * The lines for requests in reading order. Two and more asides in a row are folded, unless `folds` says otherwise or
 * the open request is among them.
 */
export function outlineRows(
  requests: readonly ThreadedRequest[],
  openId: string,
  folds: ReadonlyMap<string, boolean>,
): OutlineRow[] {
  const rows: OutlineRow[] = []
  for (let at = 0; at < requests.length;) {
    const end = endOfAsides(requests, at)
    const asides = requests.slice(at, end)
    if (asides.length > 1) {
      const key = `asides-${asides[0]?.row.id}`
      const isOpen = folds.get(key) ?? asides.some(({ row }) => row.id === openId)
      rows.push({ kind: 'fold', key, isOpen, ...sumUp(asides) })
      if (isOpen) rows.push(...asides.map(toRow))
      at = end
    } else {
      rows.push(...requests.slice(at, at + 1).map(toRow))
      at++
    }
  }
  return rows
}

function toRow(request: ThreadedRequest): OutlineRow {
  return { kind: 'request', key: request.row.id, request }
}

function endOfAsides(requests: readonly ThreadedRequest[], start: number): number {
  let end = start
  while ((requests[end]?.depth ?? 0) > 0) end++
  return end
}

function sumUp(asides: readonly ThreadedRequest[]) {
  const counts = new Map<ThreadedRequest['kind'], number>()
  for (const { kind, depth } of asides) if (depth === 1 && words[kind]) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const parts = [...counts].map(([kind, count]) => counted(count, ...(words[kind] ?? ([kind, kind] as const))))
  return {
    label: parts.join(', ') || counted(asides.length, 'request'),
    requests: asides.length,
    costUsd: asides.reduce((sum, { row }) => sum + (row.costUsd ?? 0), 0),
    unpriced: asides.filter(({ row }) => row.answered && row.costUsd === null).length,
  }
}

/** The request before or after the open one in reading order; null at an end, and where the open one is not there. */
export function neighbour(requests: readonly ThreadedRequest[], openId: string, by: 1 | -1): ThreadedRequest | null {
  const at = requests.findIndex(({ row }) => row.id === openId)
  return at === -1 ? null : (requests[at + by] ?? null)
}

/** The ids of a request and of all that it carries on. */
export function lineOf(requests: readonly ThreadedRequest[], id: string): Set<string> {
  const parents = new Map(requests.map(({ row, parentId }) => [row.id, parentId]))
  const line = new Set<string>()
  for (let at: string | null | undefined = id; at && !line.has(at); at = parents.get(at)) line.add(at)
  return line
}

/** The next one of a kind behind the open request, else the first one before it; null where there is no other. */
export function nextOf(
  requests: readonly ThreadedRequest[],
  openId: string,
  isWanted: (request: ThreadedRequest) => boolean,
): ThreadedRequest | null {
  const at = requests.findIndex(({ row }) => row.id === openId)
  const around = [...requests.slice(at + 1), ...requests.slice(0, Math.max(0, at))]
  return around.find(isWanted) ?? null
}

/** Tokens that the model read: fresh, from the cache and into it; null where none of them is recorded. */
export function contextTokens({ row }: ThreadedRequest): number | null {
  const { inputTokens, cacheReadTokens, cacheWriteTokens } = row
  if (inputTokens === null && cacheReadTokens === null && cacheWriteTokens === null) return null
  return (inputTokens ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0)
}
