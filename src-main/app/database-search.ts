import { setImmediate as giveWay } from 'node:timers/promises'
import type { DatabaseSearchCostInput, DatabaseSearchEvent, DatabaseSearchInput } from '../contract/database-search'
import { asFailure, Failure } from '../core/failure'
import type { PlacedRequest, UndecidedQuestion } from '../core/ports'
import type { TextCondition } from '../core/search/query'
import { bodyTexts } from '../core/search/body-text'
import { hasWords } from '../core/search/text-terms'
import { textUnits } from '../core/search/text-units'
import { textConditions } from '../core/search/undecided'
import { resolveWindow } from '../core/usage/resolve-window'
import type { AppApi } from '../rpc/app-api'
import type { OpenWorkspace } from './open-workspace'
import { streamEvents } from './stream-events'
import type { Workspaces } from './workspaces'

const firstSlice = 50
const largestSlice = 2000
/** Slices grow and shrink towards this: progress is told often, and a slice that is given up is not much. */
const sliceMs = 1000
/** Shortest time that a statement is given, so that the last one before the limit is not begun in vain. */
const shortestMs = 50

const patienceMs = 500

type Reached = Omit<Extract<DatabaseSearchEvent, { type: 'progress' }>, 'type'>

/**
 * Looks in the source for words of texts that are not kept here: the source leaves out what cannot have them, the rest
 * is read and judged as kept texts are. What has them is remembered in the replica, so that lists, sums and exports with
 * that query have it from then on.
 */
export function createDatabaseSearch(options: {
  workspaces: Workspaces
  timeZone: () => string
  now: () => number
}): Pick<AppApi['search'], 'databaseCost' | 'inDatabase'> {
  const { workspaces, timeZone, now } = options
  let isRunning = false

  function begin({ errorsOnly, continueAt, ...scope }: DatabaseSearchCostInput) {
    const workspace = workspaces.open()
    if (workspace.sync.state().phase === 'paused') throw new Failure('source-paused')
    const asOf = workspace.replica.asOf()
    const { window } = resolveWindow(scope, {
      nowMs: now(),
      asOfMs: asOf === null ? null : Date.parse(asOf),
      timeZone: scope.tz ?? timeZone(),
    })
    const conditions = textConditions(window.query)
    if (conditions.length === 0) {
      throw new Failure('invalid-input', {
        message: 'The query has no words to look for.',
        hint: 'Write a word without a field into it.',
      })
    }
    // Moments are told in whole milliseconds: those of the last one are searched again.
    const toMs = continueAt === undefined ? window.toMs : Math.min(window.toMs, Date.parse(continueAt) + 1)
    const asked: UndecidedQuestion = { window: { ...window, toMs }, errorsOnly: errorsOnly ?? false }
    return { workspace, asked, conditions }
  }

  /** Newest and oldest of those that are to be searched tell the planner about all of them. */
  async function costOf({ workspace, asked, conditions }: ReturnType<typeof begin>, signal: AbortSignal | undefined) {
    const first = await workspace.replica.undecided(asked, { after: null, limit: 100 }, signal)
    if (first.length === 0) return { bytesPerRow: 0, textIndex: null, hasRowIndex: true }
    const oldest = { id: first.at(-1)!.id, timestampUs: asked.window.fromMs * 1000 }
    return workspace.source.textSearchCost({ requests: [...first, oldest], conditions }, signal)
  }

  async function search(
    input: DatabaseSearchInput,
    tell: (event: DatabaseSearchEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { timeLimitSeconds, ...question } = input
    const begun = begin(question)
    const { workspace, asked, conditions } = begun
    const { replica, source } = workspace
    const endMs = performance.now() + timeLimitSeconds * 1000
    const reached: Reached = {
      searched: 0,
      of: await replica.countUndecided(asked, signal),
      added: 0,
      removed: 0,
      reachedAt: null,
    }
    tell({ type: 'progress', ...reached })
    const isByIndex = (await costOf(begun, signal)).textIndex !== null
    let after: PlacedRequest | null = null
    let limit = isByIndex ? largestSlice : firstSlice
    for (;;) {
      signal.throwIfAborted()
      const requests = await replica.undecided(asked, { after, limit }, signal)
      if (requests.length === 0) break
      const startMs = performance.now()
      const timeoutMs = Math.trunc(endMs - startMs)
      if (timeoutMs < shortestMs) return tell({ type: 'done', isLate: true, ...reached })
      try {
        const found = await source.findTexts({ requests, conditions, isByIndex }, { timeoutMs, signal })
        const change = await takeIn(workspace, asked, { conditions, found }, { endMs, signal })
        reached.added += Math.max(0, change)
        reached.removed += Math.max(0, -change)
      } catch (error) {
        // Before its time it is the source that is too busy.
        const isTime = performance.now() > endMs - patienceMs
        if (signal.aborted || !isTime || asFailure(error).code !== 'database-timeout') throw error
        return tell({ type: 'done', isLate: true, ...reached })
      }
      after = requests.at(-1)!
      reached.searched += requests.length
      reached.reachedAt = new Date(after.timestampUs / 1000).toISOString()
      tell({ type: 'progress', ...reached })
      const elapsedMs = Math.max(1, performance.now() - startMs)
      limit = Math.round(Math.min(largestSlice, 2 * limit, Math.max(1, (limit * sliceMs) / elapsedMs)))
    }
    tell({ type: 'done', isLate: false, ...reached })
  }

  return {
    async databaseCost(input, { signal }) {
      const begun = begin(input)
      const requests = await begun.workspace.replica.countUndecided(begun.asked, signal)
      const { bytesPerRow, textIndex, hasRowIndex } = await costOf(begun, signal)
      return { requests, bytes: bytesPerRow === null ? null : requests * bytesPerRow, textIndex, hasRowIndex }
    },
    inDatabase: async (input, { signal }) =>
      streamEvents<DatabaseSearchEvent>(async (tell, cancelled) => {
        if (isRunning) throw new Failure('search-running')
        isRunning = true
        try {
          await search(input, tell, cancelled)
        } finally {
          isRunning = false
        }
      }, signal),
  }
}

/** Reads what may have the words, remembers what has them, and tells by how many the list is longer for it. */
async function takeIn(
  { replica, source }: OpenWorkspace,
  { window, errorsOnly }: UndecidedQuestion,
  { conditions, found }: { conditions: readonly TextCondition[]; found: readonly string[] },
  { endMs, signal }: { endMs: number; signal: AbortSignal },
): Promise<number> {
  const having = new Map<TextCondition, string[]>(conditions.map((condition) => [condition, []]))
  for (const id of found) {
    if (performance.now() > endMs) throw new Failure('database-timeout')
    const stored = await source.readBodies(id, signal)
    if (stored === null) continue
    const texts = bodyTexts(stored)
    for (const [condition, ids] of having) {
      const wanted = textUnits(condition.text)
      if (texts.some((text) => hasWords(text, wanted, condition.isPrefix))) ids.push(id)
    }
    // A long text holds up nothing else.
    await giveWay()
  }
  const ids = [...new Set([...having.values()].flat())]
  if (ids.length === 0) return 0
  const counted = { window, errorsOnly, ids: undefined, among: ids }
  const before = await replica.countRows(counted, signal)
  for (const [condition, has] of having) replica.rememberWords(condition, has)
  return (await replica.countRows(counted, signal)) - before
}
