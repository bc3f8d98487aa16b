import type { RequestList, RequestRow } from '../../contract/conversations'
import type { CostAllocation, CostAxis, CostFigures, CostMover, JoinedCost, UnpricedModel } from '../../contract/costs'
import type { ThreadTotals } from '../../contract/threads'
import type { DomainShare, Figures, ModelShare, TimelinePoint, TimelineSeries } from '../../contract/usage'
import type { ExportColumn, ExportFormat } from '../../contract/exports'
import type { KnownValue } from '../search/complete-query'
import type { PatternField, Query, TextCondition } from '../search/query'
import type { UsageToPrice } from '../pricing/usage-to-price'
import type { ThreadLink } from '../threads/thread-request'
import type { CostCell } from './budgets'
import type { CancelSignal } from './outside'
import type { ResponseTimeQuestion, ResponseTimesAnswer } from './response-times'
import type { PlacedRequest } from './text-search'
import type { PeaksAnswer } from './peaks'
import type { OutcomesAnswer, TrendPart, TrendsAnswer } from './trends'
import type { RequestUsage, StoredBodies } from './source'

/** Which rows a question is about: half-open in ms; `domain`/`model` undefined is all, '' the rows without one. */
export interface QueryWindow {
  fromMs: number
  toMs: number
  domain?: string | undefined
  model?: string | undefined
  /** What else must hold. A query that asks for more than domain and model is answered from rows, not the roll-up. */
  query?: Query | undefined
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
  /** Whether a price depends on the domain. */
  hasDiscounts: boolean
  /** The team of a domain, null for none. */
  teamOf: (domain: string | null) => string | null
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
  /** Turns that missed 1,024 tokens or more of what the one before had left in the cache. */
  cacheMisses: { usage: UsageToPrice; missedTokens: number }[]
  joined: JoinedCost
  asOf: string | null
}

export interface ListQuery extends QueryWindow {
  errorsOnly: boolean
  /** Newest first unless it is said. Rows without the figure come last either way. */
  sort?: ListSort | undefined
  limit: number
  /** `nextCursor` of a page of the same order. */
  cursor: string | undefined
}

export interface ListSort {
  by: 'time' | 'cost' | 'tokens' | 'duration'
  order: 'desc' | 'asc'
}

export interface ListAnswer {
  items: RequestRow[]
  nextCursor: string | null
  total: number
  searchable?: RequestList['searchable']
  asOf: string | null
}

/** Rows to write to a file: those of a window, or `ids` whatever their time. */
export interface RowExport {
  window: QueryWindow
  errorsOnly: boolean
  ids: string[] | undefined
  /** No others than these of them. */
  among?: string[]
}

/** Requests for which words decide whether they are meant, and whose text is not here to tell. */
export interface UndecidedQuestion {
  window: QueryWindow
  errorsOnly: boolean
}

/** Names and kinds of the columns of a table that is not the requests. */
export type TableColumns = Record<string, 'text' | 'count' | 'number'>

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
  /** Costs by bucket, domain and model. `bucketStarts` as for the overview. */
  costCells(window: QueryWindow, bucketStarts: readonly number[], signal?: CancelSignal): Promise<CostCell[]>
  responseTimes(question: ResponseTimeQuestion, signal?: CancelSignal): Promise<ResponseTimesAnswer>
  /** Figures by bucket for several windows, all from one snapshot. */
  trends(parts: TrendPart[], signal?: CancelSignal): Promise<TrendsAnswer>
  /** Why answers stopped and which tools they called, by bucket. */
  outcomes(question: Pick<TrendPart, 'window' | 'bucketStarts'>, signal?: CancelSignal): Promise<OutcomesAnswer>
  /** The largest prompt and the most repeated call of each bucket. */
  peaks(question: Pick<TrendPart, 'window' | 'bucketStarts'>, signal?: CancelSignal): Promise<PeaksAnswer>
  list(query: ListQuery, signal?: CancelSignal): Promise<ListAnswer>
  countRows(asked: RowExport, signal?: CancelSignal): Promise<number>
  countUndecided(asked: UndecidedQuestion, signal?: CancelSignal): Promise<number>
  /** Newest first, those behind `after`. */
  undecided(
    asked: UndecidedQuestion,
    page: { after: PlacedRequest | null; limit: number },
    signal?: CancelSignal,
  ): Promise<PlacedRequest[]>
  /** Requests whose text was found elsewhere to have the words: they count as having them while this is open. */
  rememberWords(condition: TextCondition, ids: readonly string[]): void
  /** Writes the rows to a new file, newest first, with fields of a `RequestRow` as columns; from one snapshot. */
  exportRows(
    asked: RowExport,
    file: { path: string; format: ExportFormat; columns: readonly ExportColumn[] },
    signal?: CancelSignal,
  ): Promise<{ rows: number; asOf: string | null }>
  /** Makes a Parquet file of such rows as JSON lines, with a text each for `requestBody` and `responseBody`. */
  convertToParquet(
    from: { path: string; longestLine: number; columns: readonly ExportColumn[]; hasBodies: boolean },
    path: string,
    signal?: CancelSignal,
  ): Promise<void>
  /** Makes a file of a table that stands in `fromPath` as JSON lines. */
  exportTable(
    fromPath: string,
    columns: TableColumns,
    file: { path: string; format: 'csv' | 'parquet' },
    signal?: CancelSignal,
  ): Promise<void>
  /** Values that the rows have, '' for none, most requests first; at most 1000. */
  values(field: Exclude<PatternField, 'tag'>): Promise<KnownValue[]>
  /** In the order of `ids`; unknown ids are left out. */
  rows(ids: string[]): Promise<ReplicaRow[]>
  /**
   * Whether each of these requests begins a conversation. Left out while that is not known: the request is not joined, or
   * earlier ones of its domain are still unread.
   */
  conversationStarts(ids: string[]): Promise<Map<string, boolean>>
  /** The conversation of a request; null for an unknown one. */
  thread(id: string): Promise<ReplicaThread | null>
  asOf(): string | null
  /** Of every request whose bodies are kept. */
  keptBodyIds(): Promise<string[]>
  keptBodies(id: string): Promise<KeptBodies | null>
  keepBodies(id: string, bodies: StoredBodies): Promise<void>
  keepPreviews(previews: Map<string, string>): Promise<void>
  close(): Promise<void>
}
