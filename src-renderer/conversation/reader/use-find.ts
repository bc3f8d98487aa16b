import { computed, nextTick, onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { provideFoundText } from '../text/found-text'
import { findableTexts, findMatches, type Match, type SaidBySubAgent } from './find-matches'
import { useUnfold } from './fold-state'
import { matchRanges } from './match-ranges'
import type { ReaderItem } from './reader-items'

const allName = 'found'
const currentName = 'found-current'
/** Frames to wait for an item to be drawn; heights settle within these. */
const mostFrames = 20

/**
 * Find in a windowed conversation. Counts in the stored texts, so folded and far away parts count; marks with the
 * CSS Custom Highlight API, which leaves the page's elements alone.
 */
export function useFind(options: {
  items: () => ReaderItem[]
  /** Of the sub-agents that are called in them. */
  saidBy: SaidBySubAgent
  isFinding: Ref<boolean>
  scroller: Ref<HTMLElement | null>
  /** Brings the item into the window. */
  reveal: (item: number) => void
}) {
  const query = ref('')
  const { isFinding } = options
  const position = ref(0)
  const foundText = provideFoundText()
  const unfold = useUnfold()
  const texts = computed(() => (isFinding.value ? findableTexts(options.items(), options.saidBy) : []))
  const matches = shallowRef<Match[]>([])
  let latest = 0

  watch([query, texts], ([wanted, all], [before]) => {
    matches.value = findMatches(all, wanted)
    // A text that grew keeps the place; another query begins anew.
    if (wanted === before && position.value < matches.value.length) {
      void show(false)
      return
    }
    position.value = 0
    void show(wanted !== before)
  })
  watch(isFinding, (now) => !now && close())
  onScopeDispose(close)

  function close(): void {
    latest++
    foundText.value = ''
    CSS.highlights?.delete(allName)
    CSS.highlights?.delete(currentName)
  }

  function step(by: 1 | -1): void {
    const count = matches.value.length
    if (count === 0) return
    position.value = (position.value + by + count) % count
    void show(true)
  }

  /** Unfolds what hides the match, waits until it is drawn, and brings it to the middle. */
  async function show(isToScroll: boolean): Promise<void> {
    const run = ++latest
    const match = matches.value[position.value]
    if (!match) {
      foundText.value = ''
      paint()
      return
    }
    const { source, nth } = match
    unfold(source.folds)
    foundText.value = source.text
    if (isToScroll) options.reveal(source.item)
    for (let frame = 0; frame < mostFrames; frame++) {
      await nextTick()
      await new Promise(requestAnimationFrame)
      if (run !== latest) return
      const item = options.scroller.value?.querySelector(`[data-index="${source.item}"]`)
      const part = source.part ? item?.querySelector(`[data-part="${CSS.escape(source.part)}"]`) : item
      const ranges = part ? matchRanges(part, query.value) : []
      const range = ranges[Math.min(nth, ranges.length - 1)]
      if (!range && frame < mostFrames / 2) continue
      if (part && isToScroll) centre(range ?? part, options.scroller.value)
      paint(range)
      // Once more after the heights around it are known.
      if (frame >= 2) return
    }
  }

  /** Marks what is on the page. */
  function paint(current?: Range): void {
    if (!CSS.highlights) return
    const root = options.scroller.value
    CSS.highlights.set(allName, new Highlight(...(root && isFinding.value ? matchRanges(root, query.value, true) : [])))
    if (current) {
      const highlight = new Highlight(current)
      highlight.priority = 1
      CSS.highlights.set(currentName, highlight)
    } else if (matches.value.length === 0) CSS.highlights.delete(currentName)
  }

  return { query, position, matches, step, paint }
}

function centre(target: Range | Element, outermost: HTMLElement | null): void {
  let element = target instanceof Range ? target.startContainer.parentElement : target.parentElement
  for (; element; element = element.parentElement) {
    if (element.scrollHeight > element.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(element).overflowY)) {
      const box = element.getBoundingClientRect()
      const { top, bottom } = target.getBoundingClientRect()
      if (top < box.top + 8 || bottom > box.bottom - 8) element.scrollTop += top - box.top - box.height / 3
    }
    if (element === outermost) return
  }
}
