import { computed, shallowRef, watch, type ComputedRef } from 'vue'
import type { Thread, ThreadedRequest } from '../../../src-main/contract/threads'

/** What was there when a request was opened. */
export interface Opened {
  ids: ReadonlySet<string>
  newestMs: number
}

export function openedWith(requests: readonly ThreadedRequest[]): Opened {
  return {
    ids: new Set(requests.map(({ row }) => row.id)),
    newestMs: Math.max(...requests.map(({ row }) => Date.parse(row.timestamp))),
  }
}

/**
 * Requests that carry on the open one (or try it again) and were made since: not older ones that were only joined now.
 * In reading order, where nothing comes before what it carries on.
 */
export function newRequests(requests: readonly ThreadedRequest[], openId: string, before: Opened): ThreadedRequest[] {
  const behind = new Set([openId])
  return requests.filter(({ row, parentId, retryOf }) => {
    if (!behind.has(parentId ?? '') && !behind.has(retryOf ?? '')) return false
    behind.add(row.id)
    return !before.ids.has(row.id) && Date.parse(row.timestamp) >= before.newestMs
  })
}

/** What came since the request was opened, and which of it to open: the newest on its own line, else the newest. */
export function useNewRequests(thread: () => Thread | undefined, openId: () => string) {
  const opened = shallowRef<{ id: string; before: Opened }>()
  watch(
    [thread, openId],
    ([now, id]) => {
      if (opened.value?.id !== id) opened.value = now && { id, before: openedWith(now.requests) }
    },
    { immediate: true },
  )
  const fresh: ComputedRef<ThreadedRequest[]> = computed(() => {
    const requests = thread()?.requests ?? []
    const { id, before } = opened.value ?? {}
    return id === openId() && before ? newRequests(requests, id, before) : []
  })
  const newest = computed(() => {
    const depth = thread()?.requests.find(({ row }) => row.id === openId())?.depth ?? 0
    return fresh.value.findLast((each) => each.depth <= depth) ?? fresh.value.at(-1)
  })
  return { fresh, newest }
}
