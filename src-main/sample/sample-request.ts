/**
 * How a request came to be, as only the generator knows it. `retry` repeats its parent word for word; a `branch` goes
 * on from its parent though another request already did; a `sub-task` begins with the prompt that its parent's answer
 * gave to a tool; a `continuation` begins with the summary that its parent's answer holds.
 */
export type ThreadKind = 'start' | 'turn' | 'retry' | 'branch' | 'sub-task' | 'continuation'

export interface ThreadPlace {
  /** Sub-tasks and continuations belong to the conversation that they came from. */
  conversationId: string
  parentId: string | null
  kind: ThreadKind
}

/** Text of a size that the server makes better than we do: `lines` log lines at `messages[0].content[1].text`. */
export interface LargeText {
  lines: number
}

/** One row of the brief's table, with what the table does not say. */
export interface SampleRequest {
  id: string
  timestampMs: number
  domain: string | null
  model: string | null
  inputTokens: number | null
  outputTokens: number | null
  /** JSON texts as the proxy stores them. */
  requestBody: string
  responseBody: string | null
  responseTimeMs: number | null
  stream: boolean | null
  requestType: string | null
  /** Events that this proxy keeps as rows of `streaming_chunks` instead of a response body. */
  streamChunks: string[]
  largeText: LargeText | null
  thread: ThreadPlace
}
