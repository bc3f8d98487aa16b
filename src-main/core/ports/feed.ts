import type { FeedState } from '../../contract/workspace'

/** "Look now": a row was written (id where it is known), or something may have been missed. */
export interface Hint {
  ids: string[]
}

export interface Feed {
  state(): FeedState
  start(): void
  /** Makes every connection anew at once, also one that seems good: the machine woke, or has another network. */
  resume(): void
  /** Tries what waits for its next attempt now; leaves alone what is live. */
  retry(): void
  /** A promise of the listener says when it has looked: until then, and after `false`, the feed is catching up. */
  onHint(listener: (hint: Hint) => void | Promise<boolean>): () => void
  onState(listener: (state: FeedState) => void): () => void
  close(): Promise<void>
}
