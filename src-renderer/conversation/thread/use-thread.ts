import { useQuery } from '@pinia/colada'
import { computed, onScopeDispose, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { Thread } from '../../../src-main/contract/threads'
import { api } from '../../api/client'
import { useLive } from '../../state/live'

/** Shortest time between two readings of the same conversation, however fast rows arrive. */
const refreshIntervalMs = 5000

/**
 * The conversation of a request. From one of its requests to the next it stays as it is until it was read again, so
 * that walking through it does not flicker.
 */
export function useThread(id: MaybeRefOrGetter<string>) {
  const live = useLive()
  const { data, error, refetch } = useQuery({
    key: () => ['thread', live.workspaceKey, toValue(id)],
    query: ({ signal }) => api.conversations.thread({ id: toValue(id) }, { signal }),
    enabled: () => live.hasWorkspace,
    staleTime: refreshIntervalMs,
    gcTime: 60_000,
  })
  const last = shallowRef<Thread>()
  watch(data, (now) => now && (last.value = now), { immediate: true })
  watch(
    () => live.workspaceKey,
    () => (last.value = undefined),
  )
  const thread = computed(() => {
    if (data.value) return data.value
    return last.value?.requests.some(({ row }) => row.id === toValue(id)) ? last.value : undefined
  })

  let timer: ReturnType<typeof setTimeout> | undefined
  const stopListening = live.onData(() => {
    timer ??= setTimeout(() => {
      timer = undefined
      void refetch()
    }, refreshIntervalMs)
  })
  onScopeDispose(() => {
    stopListening()
    clearTimeout(timer)
  })
  return { thread, error, refetch }
}
