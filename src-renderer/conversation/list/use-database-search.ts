import { computed, onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { DatabaseSearchCostInput, DatabaseSearchEvent } from '../../../src-main/contract/database-search'
import { api } from '../../api/client'
import { isAbort } from '../../api/failure'
import { useLive } from '../../state/live'

export type DatabaseSearchReached = Omit<Extract<DatabaseSearchEvent, { type: 'progress' }>, 'type'>

export type DatabaseSearchState =
  | { kind: 'idle' }
  | { kind: 'running' | 'finished' | 'late' | 'stopped'; reached: DatabaseSearchReached }
  | { kind: 'failed'; reached: DatabaseSearchReached; error: unknown }

const nothing: DatabaseSearchReached = { searched: 0, of: 0, added: 0, removed: 0, reachedAt: null }

/**
 * A search in the database for what the list asks. Another question ends it; `onChange` is called when the list has
 * other rows for it.
 */
export function useDatabaseSearch(input: MaybeRefOrGetter<DatabaseSearchCostInput>, onChange: () => void) {
  const live = useLive()
  const state = shallowRef<DatabaseSearchState>({ kind: 'idle' })
  let running: AbortController | null = null
  let timeLimitSeconds = 60

  async function start(seconds: number, continueAt?: string): Promise<void> {
    const controller = new AbortController()
    const { signal } = controller
    running = controller
    timeLimitSeconds = seconds
    let reached = nothing
    state.value = { kind: 'running', reached }
    try {
      const asked = { ...toValue(input), timeLimitSeconds, ...(continueAt !== undefined && { continueAt }) }
      for await (const { type, ...event } of await api.search.inDatabase(asked, { signal })) {
        if (signal.aborted) return
        const { isLate = false, ...next } = event as DatabaseSearchReached & { isLate?: boolean }
        if (next.added !== reached.added || next.removed !== reached.removed) onChange()
        reached = next
        state.value = { kind: type === 'progress' ? 'running' : isLate ? 'late' : 'finished', reached }
      }
    } catch (error) {
      if (!signal.aborted) state.value = isAbort(error) ? { kind: 'idle' } : { kind: 'failed', reached, error }
    } finally {
      if (running === controller) running = null
    }
  }

  function leave(): void {
    running?.abort()
    running = null
  }

  function stop(): void {
    leave()
    if (state.value.kind === 'running') state.value = { kind: 'stopped', reached: state.value.reached }
  }

  function dismiss(): void {
    leave()
    state.value = { kind: 'idle' }
  }

  watch([() => JSON.stringify(toValue(input)), () => live.workspaceKey], dismiss)
  onScopeDispose(leave)

  return {
    state,
    isRunning: computed(() => state.value.kind === 'running'),
    start,
    stop,
    dismiss,
    /** From where the last one got to, for as long as that one was given. */
    goOn(): void {
      if (state.value.kind !== 'idle') void start(timeLimitSeconds, state.value.reached.reachedAt ?? undefined)
    },
  }
}
