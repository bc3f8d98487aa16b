import type { AskedStatement } from '../../contract/source'
import type { CancelSignal } from './outside'
import type { TextSearch, TextSearchCost } from './text-search'

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

/** A tool and how many times one answer called it; '' is a call without a name. */
export interface ToolCalls {
  name: string
  calls: number
}

/** All that the second pass takes from an answer. */
export interface AnswerFacts extends RequestUsage {
  /** Each tool once, in the order of its first call. */
  tools: ToolCalls[]
}

/** What the source itself says of where a request belongs; null where it says nothing. */
export interface SourcePlace {
  conversationId: string | null
  branchId: string | null
  sessionId: string | null
  /** What it carries on; for the first request of a sub-agent, what called it. */
  parentId: string | null
  isSubtask: boolean
}

/** Stored JSON texts of one request, as the source has them. */
export interface StoredBodies {
  request: string | null
  response: string | null
  /** Missing where the source has no such columns, or says nothing. */
  place?: SourcePlace
}

/** What one hour holds: enough to see, nearly for free, whether a copy of it is still true. */
export interface HourSums {
  /** Hours since 1970. */
  hour: number
  requests: number
  inputTokens: number
  outputTokens: number
  responseTimeMs: number
  /** Rows that have an answer. */
  answered: number
  /** Of the last three bytes of the ids. */
  idSum: number
  /** Of a hash of each row's domain and model. */
  nameSum: number
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

/** Which database answers, and how far it reaches: enough to notice that it is another, or an earlier state. */
export interface SourceIdentity {
  /** Cluster, database and table by the numbers that the server gave them. */
  place: string
  /** Goes up when a server is restored or a standby takes over; null where the server does not tell. */
  timeline: number | null
  /** Time of the newest row in microseconds; null when there is none, undefined where it would cost a scan. */
  newestUs: number | null | undefined
}

/** The production database, read-only. Every method throws `Failure` alone. */
export interface Source {
  /** Stable name of this source without secrets; names the replica's file. */
  readonly key: string
  inspect(signal?: CancelSignal): Promise<SourceFacts>
  readIdentity(signal?: CancelSignal): Promise<SourceIdentity>
  /** What was asked since it was opened, the most expensive first, and how many connections stand open. */
  asked(): { statements: AskedStatement[]; open: number; most: number }
  /** The database's clock in ms: an answer proves that it can be reached. */
  clockMs(signal?: CancelSignal): Promise<number>
  /** Rows of a half-open range in microseconds, ordered by time. */
  readRange(range: { fromUs: number; toUs: number }, signal?: CancelSignal): AsyncIterable<RequestBatch>
  /** The hours of a range (whole hours, microseconds) that have rows. */
  readHourSums(range: { fromUs: number; toUs: number }, signal?: CancelSignal): Promise<HourSums[]>
  /** Rows by id; unknown ids are left out. */
  readRows(ids: string[], signal?: CancelSignal): Promise<RequestBatch>
  /** Usage and tools of answered rows by id (at most 500 a call). Rows without an answer are left out. */
  readUsage(ids: string[], signal?: CancelSignal): Promise<AnswerFacts[]>
  /** The last words of the user by id (at most 100 a call), one line, at most 200 characters; '' when there are none. */
  readPreviews(ids: string[], signal?: CancelSignal): Promise<Map<string, string>>
  /** Both bodies, or null for an unknown id. */
  readBodies(id: string, signal?: CancelSignal): Promise<StoredBodies | null>
  /** What `findTexts` would cost for requests from the first to the last of `requests`. */
  textSearchCost(search: Omit<TextSearch, 'isByIndex'>, signal?: CancelSignal): Promise<TextSearchCost>
  /**
   * Those of the requests whose stored texts may have the words of one of the conditions: all that have them, and some
   * that do not. Throws `database-timeout` after `timeoutMs`.
   */
  findTexts(search: TextSearch, limits: { timeoutMs: number; signal?: CancelSignal }): Promise<string[]>
  close(): Promise<void>
}
