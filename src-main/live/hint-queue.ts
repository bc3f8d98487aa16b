import type { Hint } from '../core/ports'
import type { Clock } from './clock'

/** News within this time go out as one hint. */
const gatherMs = 250
/** More ids than this are not worth naming: everything recent is looked at. */
const maxIds = 500

export interface HintQueue {
  /** A row was written. */
  add(id: string): void
  /** Something may have been missed. */
  addUnknown(): void
  clear(): void
}

/** Gathers news into a few hints a second: the first goes out at once, a flood costs a bounded set of ids. */
export function createHintQueue(clock: Clock, emit: (hint: Hint) => void): HintQueue {
  let ids = new Set<string>()
  let unknown = false
  let timer: unknown = null

  function flush(): void {
    const hint: Hint = { ids: unknown ? [] : [...ids] }
    ids = new Set()
    unknown = false
    timer = clock.setTimeout(() => {
      timer = null
      if (unknown || ids.size > 0) flush()
    }, gatherMs)
    emit(hint)
  }

  return {
    add(id) {
      ids.add(id)
      if (ids.size > maxIds) {
        unknown = true
        ids.clear()
      }
      if (timer === null) flush()
    },
    addUnknown() {
      unknown = true
      ids.clear()
      if (timer === null) flush()
    },
    clear() {
      clock.clearTimeout(timer)
      timer = null
      unknown = false
      ids.clear()
    },
  }
}
