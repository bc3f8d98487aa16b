import { onScopeDispose, ref, shallowRef, toValue, watch, type MaybeRefOrGetter } from 'vue'
import type { ListSort, RequestList, RequestRow, SortOrder } from '../../../src-main/contract/conversations'
import type { Scope } from '../../../src-main/contract/scope'
import { api } from '../../api/client'
import { isAbort, toFailure, type ShownFailure } from '../../api/failure'
import { useLive } from '../../state/live'
import { appendPage, idsToRefresh, isUnsettled, mergeHead, replaceRows } from './merge-rows'

export type ListInput = Scope & {
  errorsOnly?: boolean | undefined
  sort?: ListSort | undefined
  order?: SortOrder | undefined
}

const firstPage = 100
const largestPage = 500
/** Shortest time between two refreshes, however fast rows arrive. */
const refreshIntervalMs = 500
/** How long after a page its previews are asked for again; the server reads them after it has answered. */
const settleDelaysMs = [300, 1500, 6000]

/**
 * The list of requests for a scope: pages as one scrolls, new rows held back while the reader is not at the top, and
 * rows that change where they stand. `input` is watched; a change begins a new list.
 */
export function useRequestList(input: MaybeRefOrGetter<ListInput>) {
  const live = useLive()
  const rows = shallowRef<RequestRow[]>([])
  const total = ref(0)
  const searchable = shallowRef<RequestList['searchable']>()
  const status = ref<'loading' | 'ready' | 'failed'>('loading')
  const failure = shallowRef<ShownFailure | null>(null)
  const moreStatus = ref<'idle' | 'loading' | 'failed'>('idle')
  const hasMore = ref(false)
  /** New rows that wait until the reader comes to the top. */
  const held = shallowRef<{ head: RequestList; count: number } | null>(null)
  /** Rows that came in just now, to be seen as such. */
  const freshIds = shallowRef<ReadonlySet<string>>(new Set())
  const isAtTop = ref(true)

  let stop = new AbortController()
  let nextCursor: string | null = null
  let lastCursor: string | undefined
  let seen = { start: 0, end: 30 }
  let settleTimer: ReturnType<typeof setTimeout> | undefined

  async function ask(cursor: string | undefined, limit: number): Promise<RequestList> {
    const { signal } = stop
    const page = await api.conversations.list({ ...toValue(input), limit, cursor }, { signal })
    signal.throwIfAborted()
    return page
  }

  function adoptCursor(cursor: string | null): void {
    nextCursor = cursor
    hasMore.value = cursor !== null
  }

  /** Lets the list begin with this page. */
  function adoptFirstPage(page: RequestList): void {
    rows.value = page.items
    total.value = page.total
    searchable.value = page.searchable
    lastCursor = undefined
    adoptCursor(page.nextCursor)
    settle()
  }

  /** Begins anew from the newest row. */
  async function reload(): Promise<void> {
    stop.abort()
    stop = new AbortController()
    clearTimeout(settleTimer)
    status.value = 'loading'
    rows.value = []
    held.value = null
    freshIds.value = new Set()
    moreStatus.value = 'idle'
    try {
      adoptFirstPage(await ask(undefined, firstPage))
      status.value = 'ready'
    } catch (error) {
      if (isAbort(error)) return
      failure.value = toFailure(error)
      status.value = 'failed'
    }
  }

  /** Reads the next page; called again after a failure it tries again. */
  async function loadMore(): Promise<void> {
    if (moreStatus.value === 'loading' || status.value !== 'ready') return
    if (!hasMore.value) return
    moreStatus.value = 'loading'
    // At the end the last page is read once more: older rows may have arrived since.
    const cursor = nextCursor ?? lastCursor
    try {
      const page = await ask(cursor, Math.min(largestPage, Math.max(firstPage, rows.value.length)))
      rows.value = appendPage(rows.value, page.items)
      total.value = page.total
      lastCursor = cursor
      adoptCursor(page.nextCursor)
      moreStatus.value = 'idle'
      settle()
    } catch (error) {
      if (!isAbort(error)) moreStatus.value = 'failed'
    }
  }

  /** After a change of the data: rows that changed, and rows that came. */
  async function refresh(): Promise<void> {
    if (status.value !== 'ready') return
    const { signal } = stop
    const [changed, head] = await Promise.all([
      api.conversations.rows({ ids: idsToRefresh(rows.value, seen) }, { signal }),
      ask(undefined, firstPage),
    ])
    signal.throwIfAborted()
    if (rows.value.length === 0) {
      adoptFirstPage(head)
      return
    }
    rows.value = replaceRows(rows.value, changed.items)
    total.value = head.total
    const { sort, order } = toValue(input)
    if ((sort ?? 'time') !== 'time' || order === 'asc') {
      // A new row belongs anywhere in another order: the list is read anew where the reader has not gone on in it.
      if (isAtTop.value && rows.value.length <= firstPage) adoptFirstPage(head)
      return
    }
    const { addedIds } = mergeHead(rows.value, head.items)
    if (addedIds.length > 0) held.value = { head, count: addedIds.length }
    if (isAtTop.value) showHeld()
    // Older rows are still being copied: the end is not the end yet.
    else if (nextCursor === null) hasMore.value = head.total > rows.value.length + addedIds.length
  }

  /** Reads anew what is shown: rows came or went anywhere in it. */
  async function reread(): Promise<void> {
    if (status.value !== 'ready') return
    const head = await ask(undefined, Math.min(largestPage, Math.max(firstPage, rows.value.length)))
    const end = rows.value.findIndex((row) => row.id === head.items.at(-1)?.id)
    const behind = end < 0 ? [] : rows.value.slice(end + 1)
    if (behind.length === 0) {
      adoptFirstPage(head)
      return
    }
    rows.value = appendPage(head.items, behind)
    total.value = head.total
    settle()
  }

  /** Lets the held rows in. */
  function showHeld(): void {
    if (!held.value) return
    const { head } = held.value
    const merged = mergeHead(rows.value, head.items)
    held.value = null
    freshIds.value = new Set(merged.addedIds)
    if (merged.hasGap) {
      adoptFirstPage(head)
      return
    }
    rows.value = merged.rows
    settle()
  }

  /** Asks again for seen rows that are not whole yet, a few times, each time later. */
  function settle(attempt = 0): void {
    clearTimeout(settleTimer)
    const delayMs = settleDelaysMs[attempt]
    const waiting = rows.value.slice(seen.start, seen.end).filter((row) => row.preview === null)
    if (delayMs === undefined || waiting.length === 0) return
    settleTimer = setTimeout(async () => {
      const { signal } = stop
      const ids = rows.value
        .slice(seen.start, seen.end)
        .filter(isUnsettled)
        .map((row) => row.id)
      try {
        const fresh = await api.conversations.rows({ ids: ids.slice(0, 200) }, { signal })
        if (!signal.aborted) rows.value = replaceRows(rows.value, fresh.items)
      } catch {
        // The next attempt, or the next change of the data, asks again; the row says meanwhile that it waits.
      }
      if (!signal.aborted) settle(attempt + 1)
    }, delayMs)
  }

  /** Tells which rows are on screen, so that those are kept whole first. */
  function see(start: number, end: number): void {
    seen = { start, end }
    settle()
  }

  const stopListening = live.onData(coalesce(refresh))
  watch(isAtTop, (atTop) => atTop && showHeld())
  // As text: a navigation gives an equal scope in a new object, and the list must not begin anew for that.
  // Not before it is known which workspace is open, or it would be read twice; and anew once that has its rows.
  const asked = (): string | null => {
    const { workspace, workspaceKey } = live
    return workspace && JSON.stringify([workspaceKey, workspace.sync === null, toValue(input)])
  }
  watch(asked, (now) => now !== null && void reload(), { immediate: true })
  onScopeDispose(() => {
    stopListening()
    stop.abort()
    clearTimeout(settleTimer)
  })

  return {
    rows,
    total,
    searchable,
    status,
    failure,
    moreStatus,
    hasMore,
    held,
    freshIds,
    isAtTop,
    reload,
    reread: coalesce(reread),
    loadMore,
    showHeld,
    see,
  }
}

/** Runs the task one at a time and not too often; calls that come meanwhile are one call after it. */
function coalesce(task: () => Promise<void>): () => void {
  let isRunning = false
  let isWanted = false
  const run = async (): Promise<void> => {
    isWanted = true
    if (isRunning) return
    isRunning = true
    while (isWanted) {
      isWanted = false
      try {
        await task()
      } catch {
        // The frame shows that the source or the host is away; the rows stay, and the next change asks again.
      }
      await new Promise((resolve) => setTimeout(resolve, refreshIntervalMs))
    }
    isRunning = false
  }
  return () => void run()
}
