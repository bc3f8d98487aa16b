import { computed, type WritableComputedRef } from 'vue'
import { readsAsMarkdown } from '../text/reads-as-markdown'
import { useFold } from './fold-state'
import type { ReadMessage } from './reader-items'

/**
 * Whether the texts of a message stand as they were written instead of as Markdown; null where it has none. At first
 * it is guessed, then it is as the reader chose.
 */
export function useAsWritten(read: () => ReadMessage, name: () => string): WritableComputedRef<boolean | null> {
  const texts = computed(() => read().message.blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])))
  const isGuessed = computed(() => !texts.value.some((text) => readsAsMarkdown(text, read().message.role)))
  const chosen = useFold(
    () => `${name()}/as-written`,
    () => isGuessed.value,
  )
  return computed({
    get: () => (texts.value.length === 0 ? null : chosen.value),
    set: (asWritten) => (chosen.value = asWritten ?? false),
  })
}
