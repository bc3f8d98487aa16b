import { useQueryCache } from '@pinia/colada'
import { computed, inject, onScopeDispose, provide, shallowReactive, watch, type InjectionKey } from 'vue'
import type { RequestDetail } from '../../../src-main/contract/conversations'
import { useLive } from '../../state/live'
import type { ReaderItem } from '../reader/reader-items'
import { requestQuery } from '../reader/request-query'
import { subAgentItems, taskCalls, type SubAgentText } from './sub-agent-items'
import type { SubAgentRun } from './sub-agent-runs'
import { useThreadPlace } from './thread-place'

/** More are not read for one search. */
const mostSubAgents = 100

const key: InjectionKey<Map<string, RequestDetail>> = Symbol('what sub-agents said, by their last request')

/** Keeps what a sub-agent said where a search finds it, also when its fold has left the page. */
export function useKnownSubAgents(): Map<string, RequestDetail> | null {
  return inject(key, null)
}

/**
 * The texts of sub-agents for a search: those that were unfolded, and while one searches the others too, which are read
 * one after the other. Further ones that they called are among them.
 */
export function useSubAgentTexts(items: () => readonly ReaderItem[], isFinding: () => boolean) {
  const known = shallowReactive(new Map<string, RequestDetail>())
  provide(key, known)
  const failed = shallowReactive(new Set<string>())
  const place = useThreadPlace()
  const live = useLive()
  const queryCache = useQueryCache()
  const closing = new AbortController()
  let isReading = false

  function textOf(toolUseId: string, prompt: string): SubAgentText | null {
    const id = lastOf(place?.subAgentOf(toolUseId) ?? null)
    const detail = id === null ? undefined : known.get(id)
    return id === null || !detail ? null : { id, items: subAgentItems(detail, prompt) }
  }

  const called = computed(() => {
    const ids = new Set<string>()
    const visit = (all: readonly ReaderItem[]): void => {
      for (const { id, prompt } of taskCalls(all)) {
        const last = lastOf(place?.subAgentOf(id) ?? null)
        if (last === null || ids.has(last) || ids.size >= mostSubAgents) continue
        ids.add(last)
        const detail = known.get(last)
        if (detail) visit(subAgentItems(detail, prompt))
      }
    }
    if (isFinding()) visit(items())
    return [...ids]
  })
  const missing = computed(() => called.value.filter((id) => !known.has(id) && !failed.has(id)))

  async function readMissing(): Promise<void> {
    if (isReading) return
    isReading = true
    for (let [id] = missing.value; id !== undefined && !closing.signal.aborted; [id] = missing.value) {
      try {
        const { data } = await queryCache.refresh(queryCache.ensure(requestQuery(live.workspaceKey, id)))
        if (data) known.set(id, data)
        else failed.add(id)
      } catch {
        // The search bar says how many could not be looked into.
        failed.add(id)
      }
    }
    isReading = false
  }
  watch(missing, () => void readMissing(), { immediate: true })
  watch(isFinding, () => failed.clear())
  onScopeDispose(() => closing.abort())

  return {
    textOf,
    /** How many are still to be read. */
    waiting: computed(() => missing.value.length),
    /** How many are not here, or not from their beginning. */
    incomplete: computed(
      () => called.value.filter((id) => failed.has(id) || (known.get(id)?.page?.from ?? 0) > 0).length,
    ),
  }
}

function lastOf(run: SubAgentRun | null): string | null {
  return run?.turns.at(-1)?.row.id ?? null
}
