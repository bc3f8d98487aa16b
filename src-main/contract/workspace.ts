import { z } from 'zod'
import { failureShape } from './errors'
import { appNotification } from './notifications'

/** Where the data comes from: nothing yet, the built-in sample, or a connection of the user. */
export const workspaceKind = z.enum(['none', 'sample', 'connection'])

export const connectionColour = z.enum(['grey', 'indigo', 'teal', 'green', 'amber', 'red', 'pink'])

/** A saved connection as the page sees it: never with a password or key. */
export const connection = z.object({
  id: z.string(),
  name: z.string(),
  colour: connectionColour,
  /** The URL with its password cut out. */
  databaseUrl: z.string(),
  dashboardUrl: z.string().nullable(),
  hasPassword: z.boolean(),
  hasApiKey: z.boolean(),
})
export type Connection = z.infer<typeof connection>

/** What the user types. A secret left undefined keeps the stored one; an empty string removes it. */
export const connectionDraft = z.object({
  id: z.string().optional(),
  name: z.string().trim().min(1).max(60),
  colour: connectionColour,
  /** May hold a password: it is cut out and put into the keychain. */
  databaseUrl: z.string().trim().min(1).max(2000),
  dashboardUrl: z.string().trim().max(2000).optional(),
  apiKey: z.string().max(1000).optional(),
})
export type ConnectionDraft = z.infer<typeof connectionDraft>

/** One line of "Test": what was tried and how it ended. */
export const testStep = z.object({
  name: z.enum(['url', 'database', 'table', 'rights', 'rows', 'indexes', 'feed', 'keychain']),
  outcome: z.enum(['passed', 'warning', 'failed', 'skipped']),
  detail: z.string(),
  failure: failureShape.optional(),
})
export type TestStep = z.infer<typeof testStep>
export const connectionTest = z.object({ passed: z.boolean(), steps: z.array(testStep) })
export type ConnectionTest = z.infer<typeof connectionTest>

export const sourceState = z.object({
  state: z.enum(['connecting', 'connected', 'unreachable']),
  failure: failureShape.nullable(),
  /** Since when this state holds. */
  since: z.string(),
  /** `schema.table` that is read. */
  table: z.string().nullable(),
  serverVersion: z.string().nullable(),
  /** True when the role could write: the app never does, but a reader should not be able to. */
  roleCanWrite: z.boolean().nullable(),
})
export type SourceState = z.infer<typeof sourceState>

export const syncPhase = z.enum(['waiting', 'recent', 'backfill', 'following', 'paused'])

/** Something about the local copy that the user should have heard of. */
export const syncNotice = z.object({
  kind: z.enum(['rebuilt', 'other-database', 'moved', 'earlier-state']),
  at: z.string(),
  /** A whole sentence. */
  message: z.string(),
})
export type SyncNotice = z.infer<typeof syncNotice>

export const syncState = z.object({
  phase: syncPhase,
  /** The replica has the source up to this moment. */
  asOf: z.string().nullable(),
  /** Everything from here to `asOf` is in the replica. */
  syncedFrom: z.string().nullable(),
  /** Where the backfill will end: the retention limit or the oldest row. */
  syncTarget: z.string().nullable(),
  /** 0 to 1 of the time range, 1 when whole. */
  progress: z.number().min(0).max(1),
  rows: z.number().int(),
  usagePending: z.number().int(),
  lastSyncAt: z.string().nullable(),
  failure: failureShape.nullable(),
  /** The latest since the workspace was opened. */
  notice: syncNotice.optional(),
})
export type SyncState = z.infer<typeof syncState>

export const feedState = z.object({
  state: z.enum(['off', 'connecting', 'live', 'catching-up', 'polling', 'unauthorised', 'offline']),
  /** How news arrives: the proxy's stream, PostgreSQL's NOTIFY, or asking every few seconds. */
  via: z.enum(['stream', 'notify', 'polling', 'none']),
  since: z.string(),
  lastEventAt: z.string().nullable(),
  failure: failureShape.nullable(),
})
export type FeedState = z.infer<typeof feedState>

export const workspace = z.object({
  kind: workspaceKind,
  id: z.string().nullable(),
  name: z.string(),
  colour: connectionColour,
  source: sourceState.nullable(),
  sync: syncState.nullable(),
  feed: feedState.nullable(),
})
export type Workspace = z.infer<typeof workspace>

/** What the page hears without asking. A hint to look again, never the figures themselves. */
export const appEvent = z.discriminatedUnion('type', [
  /** Alert rules, their states, the inbox or the reports changed. */
  z.object({ type: z.literal('alerts') }),
  z.object({ type: z.literal('workspace'), workspace }),
  /** The replica changed; `newIds` are rows that were not there before (at most 100, newest first). */
  z.object({ type: z.literal('data'), asOf: z.string(), newIds: z.array(z.string()), changedRows: z.number().int() }),
  /** Requests that the notification rules asked for, and what to show of them (nothing in quiet hours). */
  z.object({ type: z.literal('news'), count: z.number().int(), notifications: z.array(appNotification) }),
  /** Something was pinned, tagged or noted, here or in another window. */
  z.object({ type: z.literal('annotations') }),
])
export type AppEvent = z.infer<typeof appEvent>

export const health = z.object({
  status: z.enum(['ok', 'degraded', 'starting']),
  database: z.object({ state: z.string(), code: z.string().optional() }),
  replica: z.object({
    rows: z.number().int(),
    asOf: z.string().nullable(),
    syncing: z.boolean(),
    progress: z.number(),
  }),
  feed: z.object({ state: z.string(), since: z.string().nullable() }),
})
export type Health = z.infer<typeof health>
