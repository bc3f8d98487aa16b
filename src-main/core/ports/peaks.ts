/** The largest of each bucket: what a single request or conversation came to. */
export interface PeaksAnswer {
  /** Of each bucket, by model (null: the requests without one), the largest prompt in tokens with what the cache gave. */
  prompts: { model: string | null; tokens: number }[][]
  /** The same call in one conversation, at most so often; null where requests of the bucket came and none was read for it. */
  repeatedCalls: (number | null)[]
  /** Requests of the window, and how many of them were not read for their calls or have no prompt tokens yet. */
  requests: number
  callsUnread: number
  promptsUnread: number
}
