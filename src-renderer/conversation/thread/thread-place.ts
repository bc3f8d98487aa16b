import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import type { Thread } from '../../../src-main/contract/threads'
import { subAgentRuns, type SubAgentRun } from './sub-agent-runs'

interface ThreadPlace {
  subAgentOf(toolUseId: string): SubAgentRun | null
  open(id: string): void
}

const key: InjectionKey<ThreadPlace> = Symbol('the conversation around what is read')

/** Lets a tool call show the sub-agent that it began. */
export function provideThreadPlace(thread: () => Thread | undefined, open: (id: string) => void): void {
  const runs: ComputedRef<Map<string, SubAgentRun>> = computed(() => subAgentRuns(thread()?.requests ?? []))
  provide(key, { subAgentOf: (toolUseId) => runs.value.get(toolUseId) ?? null, open })
}

export function useThreadPlace(): ThreadPlace | null {
  return inject(key, null)
}
