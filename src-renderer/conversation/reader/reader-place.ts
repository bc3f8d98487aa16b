import type { VirtualItem } from '@tanstack/vue-virtual'

export type ReaderTab = 'conversation' | 'changes' | 'cost' | 'raw'

/** Where a conversation was left: how far down, and the heights that were measured on the way. */
export interface ReaderPlace {
  offset: number
  heights: VirtualItem[]
}
