import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import type { Thread, ThreadedRequest } from '../../../src-main/contract/threads'

/** The requests of one sub-agent, with those of its own. */
export interface SubAgentRun {
  firstId: string
  requests: number
  costUsd: number
}

interface ThreadPlace {
  subAgentOf(toolUseId: string): SubAgentRun | null
  open(id: string): void
}

const key: InjectionKey<ThreadPlace> = Symbol('the conversation around what is read')

/** Lets a tool call lead to the sub-agent that it began. */
export function provideThreadPlace(thread: () => Thread | undefined, open: (id: string) => void): void {
  const runs: ComputedRef<Map<string, SubAgentRun>> = computed(() => subAgentRuns(thread()?.requests ?? []))
  provide(key, { subAgentOf: (toolUseId) => runs.value.get(toolUseId) ?? null, open })
}

export function useThreadPlace(): ThreadPlace | null {
  return inject(key, null)
}

/** By the id of the tool call. In reading order a sub-agent's requests follow its first one, deeper or as deep. */
export function subAgentRuns(requests: readonly ThreadedRequest[]): Map<string, SubAgentRun> {
  const runs = new Map<string, SubAgentRun>()
  for (const [index, first] of requests.entries()) {
    if (first.kind !== 'sub-agent' || first.toolUseId === null || runs.has(first.toolUseId)) continue
    let end = index + 1
    for (let next = requests[end]; next && belongsTo(first, next); next = requests[end]) end++
    const own = requests.slice(index, end)
    runs.set(first.toolUseId, {
      firstId: first.row.id,
      requests: own.length,
      costUsd: own.reduce((sum, { row }) => sum + (row.costUsd ?? 0), 0),
    })
  }
  return runs
}

function belongsTo(first: ThreadedRequest, next: ThreadedRequest): boolean {
  return (
    next.depth > first.depth ||
    (next.depth === first.depth && next.kind !== 'sub-agent' && next.branch === first.branch)
  )
}
