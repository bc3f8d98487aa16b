import type { ThreadedRequest } from '../../../src-main/contract/threads'

/** The requests of one sub-agent, with those of its own sub-agents. */
export interface SubAgentRun {
  /** Its own line, one for each turn; the last one holds what was said in all of them. */
  turns: ThreadedRequest[]
  requests: number
  costUsd: number
  unpriced: number
  errors: number
  /** From its beginning to its last answer. */
  elapsedMs: number
}

/** By the id of the tool call. In reading order a sub-agent's requests follow its first one, deeper or as deep. */
export function subAgentRuns(requests: readonly ThreadedRequest[]): Map<string, SubAgentRun> {
  const runs = new Map<string, SubAgentRun>()
  for (const [index, first] of requests.entries()) {
    if (first.kind !== 'sub-agent' || first.toolUseId === null || runs.has(first.toolUseId)) continue
    let end = index + 1
    for (let next = requests[end]; next && belongsTo(first, next); next = requests[end]) end++
    runs.set(first.toolUseId, sumUp(first, requests.slice(index, end)))
  }
  return runs
}

function sumUp(first: ThreadedRequest, own: readonly ThreadedRequest[]): SubAgentRun {
  const startMs = Date.parse(first.row.timestamp)
  return {
    turns: own.filter((each) => each === first || (each.depth === first.depth && each.kind !== 'retry')),
    requests: own.length,
    costUsd: own.reduce((sum, { row }) => sum + (row.costUsd ?? 0), 0),
    unpriced: own.filter(({ row }) => row.answered && row.costUsd === null).length,
    errors: own.filter(({ row }) => row.error === true).length,
    elapsedMs: Math.max(0, ...own.map(({ row }) => Date.parse(row.timestamp) + (row.responseTimeMs ?? 0) - startMs)),
  }
}

function belongsTo(first: ThreadedRequest, next: ThreadedRequest): boolean {
  return (
    next.depth > first.depth ||
    (next.depth === first.depth && next.kind !== 'sub-agent' && next.branch === first.branch)
  )
}
