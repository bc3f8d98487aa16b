import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'

/**
 * Whether one scrolls up, or comes to the top; until one scrolls down, or what is `changing` changes. Taken from the
 * scroll events themselves: the virtualizer forgets the direction where its own rest falls between a scroll and its
 * event, and at the top there is no second scroll that would tell it.
 */
export function useScrolledUp(scroller: Ref<HTMLElement | null>, changing: Ref<unknown>): Ref<boolean> {
  const isScrolledUp = shallowRef(false)
  let formerTop = 0
  function scrolled({ currentTarget }: Event): void {
    const { scrollTop } = currentTarget as HTMLElement
    isScrolledUp.value = scrollTop < formerTop || scrollTop === 0
    formerTop = scrollTop
  }
  watch(scroller, (now, before) => {
    before?.removeEventListener('scroll', scrolled)
    now?.addEventListener('scroll', scrolled, { passive: true })
  })
  watch(changing, () => (isScrolledUp.value = false), { flush: 'sync' })
  onScopeDispose(() => scroller.value?.removeEventListener('scroll', scrolled))
  return isScrolledUp
}
