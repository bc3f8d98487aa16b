import { computed, type Ref } from 'vue'

/** As many as an export of chosen rows takes. */
const mostSelected = 10_000

/** The rows from one key to another, in the order that they are shown; nothing where one of them is gone. */
export function rangeOf(order: readonly string[], from: string, to: string): string[] {
  const [start, end] = [order.indexOf(from), order.indexOf(to)]
  if (start < 0 || end < 0) return []
  return order.slice(Math.min(start, end), Math.max(start, end) + 1)
}

/**
 * Which rows of a table are chosen: one by one, or a stretch from the one that was chosen last. `selected` null is a
 * table of which none can be.
 */
export function useRowSelection(selected: Ref<ReadonlySet<string> | null>, order: () => string[]) {
  let anchor: string | null = null
  /** What was chosen before the stretch that is being drawn. */
  let base: ReadonlySet<string> = new Set()

  const isSelectable = computed(() => selected.value !== null)
  const isAny = computed(() => (selected.value?.size ?? 0) > 0)
  const isAll = computed(() => isAny.value && order().every((key) => selected.value!.has(key)))

  function set(keys: Iterable<string>): void {
    selected.value = new Set([...keys].slice(0, mostSelected))
  }

  return {
    isSelectable,
    isAny,
    isAll,
    has: (key: string): boolean => selected.value?.has(key) ?? false,
    toggle(key: string): void {
      const next = new Set(selected.value ?? [])
      if (!next.delete(key)) next.add(key)
      anchor = key
      base = next
      set(next)
    },
    /** Up to `to`: from the row that was chosen last, or else from `from`. The stretch before is let go. */
    extend(from: string, to: string): void {
      if (anchor === null || !isAny.value) {
        anchor = from
        base = new Set(selected.value ?? [])
      }
      set([...base, ...rangeOf(order(), anchor, to)])
    },
    selectAll: () => set(order()),
    clear(): void {
      anchor = null
      base = new Set()
      set([])
    },
  }
}
