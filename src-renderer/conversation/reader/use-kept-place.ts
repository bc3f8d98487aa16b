import type { Virtualizer } from '@tanstack/vue-virtual'
import { nextTick, watch, type Ref } from 'vue'

/** Above this one reads from the top, and what comes there is to be seen. */
const topPx = 24

/**
 * Lets what is read stay where it is when items come or go above it. At the very top one stays at the top, but for
 * earlier messages that come before the first one there.
 */
export function useKeptPlace(options: {
  keys: () => string[]
  virtualizer: Ref<Virtualizer<HTMLElement, HTMLElement>>
  scroller: Ref<HTMLElement | null>
}): void {
  watch(
    options.keys,
    async (now, before) => {
      const { measurementsCache, scrollOffset } = options.virtualizer.value
      const offset = scrollOffset ?? 0
      const first = before.find(isMessage)
      const isPrepended =
        before.includes('earlier') && first !== undefined && now.find(isMessage) !== first && now.includes(first)
      if (offset < topPx && !isPrepended) return
      const kept = new Set(now)
      const anchor = measurementsCache.find(
        ({ end, key }) => end > offset && kept.has(String(key)) && (!isPrepended || isMessage(String(key))),
      )
      if (!anchor || now.indexOf(String(anchor.key)) === before.indexOf(String(anchor.key))) return
      const above = anchor.start - offset
      await nextTick()
      const start = options.virtualizer.value.measurementsCache[now.indexOf(String(anchor.key))]?.start
      if (start !== undefined) options.scroller.value?.scrollTo({ top: start - above })
    },
    { flush: 'sync' },
  )
}

function isMessage(key: string): boolean {
  return key.startsWith('message-')
}
