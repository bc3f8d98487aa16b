import type { TextCondition } from '../search/query'

/** A request by its place in time. */
export interface PlacedRequest {
  id: string
  timestampUs: number
}

/** Where in the source words are looked for. */
export interface TextSearch {
  /** Newest first, at least one. */
  requests: readonly PlacedRequest[]
  conditions: readonly TextCondition[]
  /** Whether an index over the texts is used: words are then found as they are written, but for their case. */
  isByIndex: boolean
}

/** What looking for words would cost the source. */
export interface TextSearchCost {
  /** Stored bytes of a row on average; null where the source does not tell. */
  bytesPerRow: number | null
  /** The index over the texts that it would use; null for none. */
  textIndex: string | null
  hasRowIndex: boolean
}
