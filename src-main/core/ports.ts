import type { RequestRow } from '../contract/conversations'
import type { CostAllocation, CostAxis, CostFigures, CostMover, UnpricedModel } from '../contract/costs'
import type { DomainShare, Figures, ModelShare, TimelinePoint, TimelineSeries } from '../contract/usage'
import type { ThreadTotals } from '../contract/threads'
import type { FeedState, SyncState } from '../contract/workspace'
import type { UsageToPrice } from './pricing/usage-to-price'
import type { ThreadLink } from './threads/thread-request'

/*
 * What core and app need from the outside. Each port is implemented in one folder: Source in postgres/, Replica and
 * Sync in replica/, Feed in live/, SecretStore in keychain/.
 */

/** The part of an AbortSignal that core relies on. */
export interface CancelSignal {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface Log {
  info(message: string, details?: Record<string, unknown>): void
  warn(message: string, details?: Record<string, unknown>): void
  error(message: string, details?: Record<string, unknown>): void
}

/** A text column as codes into a list that only grows; code 0 is null, code n is `values[n - 1]`. */
export interface CodedText {
  codes: Uint32Array
  values: string[]
}

/** An integer column; where `isNull[i]` is 1 the value counts for nothing. */
export interface NullableIntegers {
  values: Int32Array
  isNull: Uint8Array
}

/** Metadata of `length` requests, column by column. No body is part of it. Arrays may be longer than `length`. */
export interface RequestBatch {
  length: number
  /** 16 bytes a row, in the order of the UUID's text. */
  id: Uint8Array
  /** Microseconds since 1970 UTC; exact in a float64 until the year 2255. */
  timestampUs: Float64Array
  domain: CodedText
  model: CodedText
  requestType: CodedText
  inputTokens: NullableIntegers
  outputTokens: NullableIntegers
  responseTimeMs: NullableIntegers
  /** 0 no, 1 yes, 2 null. */
  stream: Uint8Array
  /** 1 when the row has an answer. */
  answered: Uint8Array
  /** 0 no, 1 yes by the row's own status or error column, 2 where the source has no such column. */
  failed: Uint8Array
}

/** What the answer's `usage` says beside the two token columns, plus how it ended. From the second pass. */
export interface RequestUsage {
  id: string
  inputTokens: number | null
  outputTokens: number | null
  cacheReadTokens: number | null
  cacheWrite5mTokens: number | null
  cacheWrite1hTokens: number | null
  /** True when the source gave one figure for all cache writes, so the 5-minute rate makes a lower bound. */
  cacheWriteSplitUnknown: boolean
  webSearches: number | null
  serviceTier: string | null
  speed: string | null
  inferenceGeo: string | null
  stopReason: string | null
  isError: boolean
  /** The API's `usage.iterations` as JSON text, where there is one. */
  iterations: string | null
}

/** Stored JSON texts of one request, as the source has them. */
export interface StoredBodies {
  request: string | null
  response: string | null
}

/** What one hour holds: enough to see, nearly for free, whether a copy of it is still true. */
export interface HourSums {
  /** Hours since 1970. */
  hour: number
  requests: number
  inputTokens: number
  outputTokens: number
}

export interface SourceFacts {
  serverVersion: string
  /** `schema.table`. */
  table: string
  roleCanWrite: boolean
  /** The planner's estimate; -1 when it has none. */
  estimatedRows: number
  oldestMs: number | null
  newestMs: number | null
  /** The database's clock when asked, in ms since 1970. */
  clockMs: number
  /** Whether an index starts with the timestamp column. */
  hasTimestampIndex: boolean
  /** For a person to run: the index that is missing (null where the table takes none), and a role that may only read. */
  advisedSql: { timestampIndex: string | null; readOnlyRole: string }
  /** Optional columns that the table lacks, by the app's own names. */
  missingColumns: string[]
}

/** The production database, read-only. Every method throws `Failure` alone. */
export interface Source {
  /** Stable name of this source without secrets; names the replica's file. */
  readonly key: string
  inspect(signal?: CancelSignal): Promise<SourceFacts>
  /** The database's clock in ms: an answer proves that it can be reached. */
  clockMs(signal?: CancelSignal): Promise<number>
  /** Rows of a half-open range in microseconds, ordered by time. */
  readRange(range: { fromUs: number; toUs: number }, signal?: CancelSignal): AsyncIterable<RequestBatch>
  /** The hours of a range (whole hours, microseconds) that have rows. */
  readHourSums(range: { fromUs: number; toUs: number }, signal?: CancelSignal): Promise<HourSums[]>
  /** Rows by id; unknown ids are left out. */
  readRows(ids: string[], signal?: CancelSignal): Promise<RequestBatch>
  /** Usage of answered rows by id (at most 500 a call). Rows without an answer are left out. */
  readUsage(ids: string[], signal?: CancelSignal): Promise<RequestUsage[]>
  /** The last words of the user by id (at most 100 a call), one line, at most 200 characters; '' when there are none. */
  readPreviews(ids: string[], signal?: CancelSignal): Promise<Map<string, string>>
  /** Both bodies, or null for an unknown id. */
  readBodies(id: string, signal?: CancelSignal): Promise<StoredBodies | null>
  close(): Promise<void>
}

/** Which rows a question is about: half-open in ms; `domain`/`model` undefined is all, '' the rows without one. */
export interface QueryWindow {
  fromMs: number
  toMs: number
  domain?: string | undefined
  model?: string | undefined
}

export interface TimelineAnswer {
  /** One point an edge; `start` in ISO UTC. */
  points: TimelinePoint[]
  series?: TimelineSeries[]
}

export interface OverviewAnswer {
  current: Figures
  previous: Figures
  timeline: TimelineAnswer
  models: ModelShare[]
  domains: DomainShare[]
  asOf: string | null
}

export interface CostQuestion {
  window: QueryWindow
  previous: QueryWindow
  rows: CostAxis
  columns: CostAxis | undefined
  /** Of the axis that is a time: ascending ms, the first at or before the window. One start where none is. */
  bucketStarts: number[]
  /** Prompt lengths in tokens above which a price may change. */
  longPromptThresholds: readonly number[]
}

/** Cache reads of priced requests at one price. `usage` is one request that stands for them. */
export interface CacheReads {
  usage: UsageToPrice
  /** Tokens that the group read. */
  tokens: number
  /** How many times the price of `usage` the group is worth. */
  times: number
}

export interface CostAnswer {
  allocation: CostAllocation
  previous: CostFigures
  usagePending: number
  movers: { domains: CostMover[]; models: CostMover[] }
  /** Every model of the window. */
  models: { model: string | null; total: CostFigures }[]
  unpriced: UnpricedModel[]
  cacheReads: CacheReads[]
  asOf: string | null
}

export interface ListQuery extends QueryWindow {
  errorsOnly: boolean
  limit: number
  cursor: string | undefined
}

export interface ListAnswer {
  items: RequestRow[]
  nextCursor: string | null
  total: number
  asOf: string | null
}

/** A row of the replica, with what its price was made of. */
export interface ReplicaRow {
  row: RequestRow
  usage: RequestUsage | null
}

/** A conversation as far as it is joined. */
export interface ReplicaThread {
  conversationId: string
  /** In the order of time; `turn` is null for a request that is not joined yet. */
  requests: { row: RequestRow; link: ThreadLink; turn: number | null }[]
  totals: ThreadTotals
  /** Requests of its domain and time that are still to be read or joined. */
  unread: number
}

/** Bodies that were read once and kept. */
export interface KeptBodies extends StoredBodies {
  readAt: string
}

/** The local copy: answers in milliseconds and needs no network. Throws `Failure` alone. */
export interface Replica {
  /** `bucketStarts`: ascending ms, the first at or before `fromMs`; the last bucket ends at `toMs`. */
  overview(
    window: QueryWindow,
    previous: QueryWindow,
    bucketStarts: number[],
    by?: 'model' | 'domain',
  ): Promise<OverviewAnswer>
  costs(question: CostQuestion, signal?: CancelSignal): Promise<CostAnswer>
  list(query: ListQuery, signal?: CancelSignal): Promise<ListAnswer>
  /** In the order of `ids`; unknown ids are left out. */
  rows(ids: string[]): Promise<ReplicaRow[]>
  /** The conversation of a request; null for an unknown one. */
  thread(id: string): Promise<ReplicaThread | null>
  asOf(): string | null
  keptBodies(id: string): Promise<KeptBodies | null>
  keepBodies(id: string, bodies: StoredBodies): Promise<void>
  keepPreviews(previews: Map<string, string>): Promise<void>
  close(): Promise<void>
}

export interface DataChange {
  asOf: string
  /** Rows that were not there before, newest first, at most 100. */
  newIds: string[]
  changedRows: number
}

/** Keeps the replica equal to the source. Failures stand in its state; it tries again by itself. */
export interface Sync {
  state(): SyncState
  start(): void
  /** Looks now instead of later. `ids` are rows said to be written. Resolves after that look. */
  lookNow(ids?: string[]): Promise<void>
  /** Reads the bodies around a request at once and joins them; gives up after a short while. Never throws. */
  readNear(id: string): Promise<void>
  /** Compares the whole retention with the source soon: older rows may have come, gone or changed. */
  recheck(): void
  onState(listener: (state: SyncState) => void): () => void
  onData(listener: (change: DataChange) => void): () => void
  close(): Promise<void>
}

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

/** Where secrets live. `account` names the secret, as `connection/<id>/password`. */
export interface SecretStore {
  readonly kind: 'persisted' | 'in-memory'
  /** Why secrets are not persisted; null when they are. */
  readonly reason: string | null
  get(account: string): Promise<string | null>
  set(account: string, secret: string): Promise<void>
  delete(account: string): Promise<void>
}
