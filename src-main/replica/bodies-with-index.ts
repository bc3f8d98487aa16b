import type { BodyStore } from './body-store'
import type { TextIndex } from './text-index'

/** Kept bodies whose words follow them: where bodies are sealed or thrown away, no word of theirs stays readable. */
export function bodiesWithIndex(bodies: BodyStore, texts: TextIndex): BodyStore {
  return {
    ...bodies,
    async setKey(next) {
      // No word may come into the index once texts are being sealed, and none before they are all open again.
      if (next !== null) await texts.lock()
      await bodies.setKey(next)
      if (next === null) texts.unlock()
    },
    async clear() {
      await bodies.clear()
      await texts.empty()
    },
  }
}
