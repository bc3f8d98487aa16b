/** What is to be had without a network. */
export interface OfflineWish {
  /** How many of the newest requests. */
  newest: number
  domains: readonly string[]
  /** Requests by themselves. */
  requests: readonly string[]
  /** Requests whose whole conversations are wanted. */
  conversationsOf: readonly string[]
  /** Older requests than this are not fetched. */
  days: number
  /** Of all texts, as they lie on disk. */
  maxBytes: number
}
