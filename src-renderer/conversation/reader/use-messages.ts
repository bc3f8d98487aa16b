import { computed, onScopeDispose, shallowRef, type ComputedRef } from 'vue'
import type { Message, RequestDetail } from '../../../src-main/contract/conversations'
import { api } from '../../api/client'

/** As many characters are fetched at once as a page takes in without a pause that one feels. */
export const pageCharacters = 400_000

export interface LoadedMessages {
  /** The detail with all messages that are here; its `page` says where they begin. */
  detail: ComputedRef<RequestDetail | undefined>
  isLoading: ComputedRef<boolean>
  failure: ComputedRef<unknown>
  /** Fetches one more page. */
  loadEarlier(): Promise<void>
  /** Fetches until the message is here; shows them at once, when all are. */
  loadTo(index: number): Promise<void>
}

/** The messages of a large request come in pages, the newest with the request itself, earlier ones when wanted. */
export function useMessages(newest: () => RequestDetail | undefined): LoadedMessages {
  const earlier = shallowRef<{ id: string; from: number; to: number; messages: Message[] } | null>(null)
  const loading = shallowRef<Promise<void> | null>(null)
  const failure = shallowRef<unknown>(null)
  const closing = new AbortController()
  const { signal } = closing
  onScopeDispose(() => closing.abort())

  const detail = computed(() => {
    const last = newest()
    if (!last?.page || earlier.value?.id !== last.request.id || earlier.value.to !== last.page.from) return last
    const { from, messages } = earlier.value
    return { ...last, messages: [...messages, ...last.messages], page: { from, total: last.page.total } }
  })

  async function load(isEnough: (from: number) => boolean): Promise<void> {
    const last = newest()
    const { id } = last?.request ?? { id: '' }
    const to = last?.page?.from ?? 0
    const pages: Message[][] = []
    let from = detail.value?.page?.from ?? 0
    failure.value = null
    try {
      while (from > 0 && !isEnough(from)) {
        const page = await api.conversations.messages({ id, before: from, characters: pageCharacters }, { signal })
        pages.unshift(page.messages)
        from = page.from
      }
    } catch (error) {
      failure.value = error
    }
    if (pages.length === 0) return
    const known = earlier.value?.id === id && earlier.value.to === to ? earlier.value.messages : []
    earlier.value = { id, from, to, messages: [...pages.flat(), ...known] }
  }

  /** One after the other: each begins where the last one ended. */
  async function loadUntil(isEnough: (from: number) => boolean): Promise<void> {
    while (loading.value) await loading.value
    const run = load(isEnough)
    loading.value = run
    await run
    loading.value = null
  }

  return {
    detail,
    isLoading: computed(() => loading.value !== null),
    failure: computed(() => failure.value),
    loadEarlier: () => {
      const before = detail.value?.page?.from ?? 0
      return loadUntil((from) => from < before)
    },
    loadTo: (index) => loadUntil((from) => from <= index),
  }
}
