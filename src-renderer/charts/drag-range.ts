import { computed, ref, type Ref } from 'vue'

/** Pixels that a pointer must go before it drags; less is a click. */
const leastDrag = 6

/**
 * Dragging over a chart chooses places of its axis. `placeAt` gives the place under a point of the element, `edgeAt`
 * the left edge of a place; both in pixels of the element.
 */
export function useDragRange(options: {
  placeAt(x: number): number | null
  onChoose(first: number, last: number): void
  onClick(place: number): void
}) {
  const from: Ref<number | null> = ref(null)
  const to: Ref<number | null> = ref(null)
  const box = computed(() => {
    if (from.value === null || to.value === null || Math.abs(to.value - from.value) < leastDrag) return null
    return { left: Math.min(from.value, to.value), width: Math.abs(to.value - from.value) }
  })
  const xOf = (event: PointerEvent) => event.clientX - (event.currentTarget as HTMLElement).getBoundingClientRect().left

  return {
    /** Where the chosen stretch is drawn; null while nothing is dragged. */
    box,
    start(event: PointerEvent): void {
      if (event.button !== 0) return
      ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
      from.value = to.value = xOf(event)
    },
    move(event: PointerEvent): void {
      if (from.value !== null) to.value = xOf(event)
    },
    end(event: PointerEvent): void {
      if (from.value === null) return
      const isDrag = box.value !== null
      const [first, last] = [options.placeAt(from.value), options.placeAt(xOf(event))]
      from.value = to.value = null
      if (first === null || last === null) return
      if (isDrag) options.onChoose(Math.min(first, last), Math.max(first, last))
      else options.onClick(last)
    },
    cancel(): void {
      from.value = to.value = null
    },
  }
}
