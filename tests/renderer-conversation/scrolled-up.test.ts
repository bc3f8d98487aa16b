import { effectScope, nextTick, shallowRef } from 'vue'
import { expect, it } from 'vitest'
import { useScrolledUp } from '../../src-renderer/conversation/reader/use-scrolled-up'

it('is told by scroll events, at the top also by one that finds nothing moved, and forgotten when a page is read', async () => {
  const element = Object.assign(new EventTarget(), { scrollTop: 0 })
  const scroller = shallowRef<HTMLElement | null>(null)
  const isLoading = shallowRef(false)
  const scope = effectScope()
  const isScrolledUp = scope.run(() => useScrolledUp(scroller, isLoading))!
  scroller.value = element as unknown as HTMLElement
  await nextTick()
  const scrollTo = (top: number): boolean => {
    element.scrollTop = top
    element.dispatchEvent(new Event('scroll'))
    return isScrolledUp.value
  }
  expect([isScrolledUp.value, scrollTo(900), scrollTo(300), scrollTo(301), scrollTo(0)]).toEqual([
    false,
    false,
    true,
    false,
    true,
  ])
  isLoading.value = true
  expect(isScrolledUp.value).toBe(false)
  isLoading.value = false
  // What is read was moved down for the new page and one came back before its event was told.
  expect(scrollTo(0)).toBe(true)
  scope.stop()
  expect(scrollTo(500)).toBe(true)
})
