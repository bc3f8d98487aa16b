import type { AnswerFacts, HourSums, RequestBatch, Replica, Repricing, OfflineWish } from '../core/ports'
import type { BodyStore } from './body-store'
import type { KnownIdentity } from './identity'
import type { ThreadStore } from './thread-store'

/** Half open, in microseconds since 1970. */
export interface TimeRange {
  fromUs: number
  toUs: number
}

/** Where a row lies: the time narrows the search for the id to a few blocks. */
export interface RowKey {
  timestampUs: number
  id: string
}

/** Rows `from` to `to` (not included) of a batch. */
export interface RowSpan {
  batch: RequestBatch
  from: number
  to: number
}

export interface StoreRange {
  /** Everything that the replica has in here is replaced. */
  range: TimeRange
  /** Up to where the range then counts as covered; its end unless that lies in the future. */
  coveredToUs?: number
  spans: RowSpan[]
}

/** What the source has now: all of the window, and single rows from before it. */
export interface Look {
  windowFromUs: number
  /** The future unless it is said. */
  windowToUs?: number
  /** The database's clock before anything was read. */
  asOfUs: number
  spans: RowSpan[]
  /** Rows of the replica that the source does not have any more. */
  missing: RowKey[]
}

export interface LookResult {
  /** Rows that were not here before, newest first. */
  added: RowKey[]
  /** Rows that were here and are different now. */
  changed: RowKey[]
  removedRows: number
  /** Added and changed rows with an answer whose usage is to be read, newest first. */
  toRead: RowKey[]
}

export interface Counts {
  rows: number
  usagePending: number
}

/** The replica as the sync writes it. Each method is one transaction; all throw `Failure` alone. */
export interface ReplicaStore extends Replica, ThreadStore, Repricing {
  /** What happened to a file that could not be used: a sentence for the log and the screen, or null. */
  readonly notice: string | null
  /** Which databases the rows are from; null until that was asked. */
  identity(): KnownIdentity | null
  keepIdentity(identity: KnownIdentity): Promise<void>
  /** Drops every row and begins anew, with the rows of another database. */
  clear(identity: KnownIdentity): Promise<void>
  /** Time of the newest row before that moment. */
  newestRowUs(beforeUs: number): Promise<number | null>
  /** Up to when the replica has the source, in microseconds; null before the first look. */
  asOfUs(): number | null
  coverage(): readonly TimeRange[]
  /** The parts of a window that are not here, in ms. The last moments before now count as here. */
  missing(window: { fromMs: number; toMs: number }): { fromMs: number; toMs: number }[]
  counts(): Promise<Counts>
  /** The hours of a range (whole hours) that have rows here. */
  hourSums(range: TimeRange): Promise<HourSums[]>
  storeRange(stored: StoreRange): Promise<void>
  /** Runs work that stores many ranges: in less memory, and quicker than questions are answered meanwhile. */
  whileLoading<T>(work: () => Promise<T>): Promise<T>
  applyLook(look: Look): Promise<LookResult>
  /** Forgets that anything after `us` is covered, so that it is read again. */
  uncoverAfter(us: number): Promise<void>
  /** Drops rows before `beforeUs`. */
  prune(beforeUs: number): Promise<void>
  /** Rows without an answer in the range, newest first. */
  unansweredRows(range: TimeRange, limit: number): Promise<RowKey[]>
  /** Answered rows since `sinceUs` whose usage is not read yet, newest first; then those whose tools are not. */
  rowsWithoutUsage(sinceUs: number, limit: number): Promise<RowKey[]>
  /** Keeps what was read for `asked`; those that `answers` leaves out count as read, with nothing in them. */
  keepUsage(asked: RowKey[], answers: AnswerFacts[]): Promise<void>
  /** Texts of requests that are kept. */
  readonly bodies: Omit<BodyStore, 'read' | 'write'>
  /** Ids of answered requests since `sinceUs` that are wanted without a network, newest first. */
  offlineRows(wish: Omit<OfflineWish, 'days' | 'maxBytes'> & { sinceUs: number; limit: number }): Promise<string[]>
  /** What the copy takes on disk, kept bodies included. */
  bytesOnDisk(): Promise<number>
  /** Writes the file anew from its log, so that the log stays short. */
  checkpoint(): Promise<void>
}
