import type { FeedState } from '../../contract/workspace'

/** "Look now": a row was written (id where it is known), or something may have been missed. */
export interface Hint {
  ids: string[]
}

export interface Feed {
  state(): FeedState
  start(): void
  /** Connects anew at once: the network came back, or the machine woke. */
  resume?(): void
  /** A promise of the listener says when it has looked: until then the feed is catching up. */
  onHint(listener: (hint: Hint) => void | Promise<void>): () => void
  onState(listener: (state: FeedState) => void): () => void
  close(): Promise<void>
}
