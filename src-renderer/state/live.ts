import { useQueryCache } from '@pinia/colada'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { AppEvent, Workspace } from '../../src-main/contract/workspace'
import { api } from '../api/client'
import { toFailure, type ShownFailure } from '../api/failure'
import { watchLine } from './watch-line'

export type DataEvent = Extract<AppEvent, { type: 'data' }>
export type NewsEvent = Extract<AppEvent, { type: 'news' }>

/** Shortest time between two refreshes of what is on screen, however fast rows arrive. */
const refreshIntervalMs = 1000
const longestRetryMs = 15_000

/**
 * The page's one subscription to the host: the state of the workspace, and a word whenever the replica changed, upon
 * which every query below the key `data` is read again.
 */
export const useLive = defineStore('live', () => {
  const queryCache = useQueryCache()
  const workspace = shallowRef<Workspace | null>(null)
  /** How the page's own line to the host stands; the feed's state is part of the workspace. */
  const link = ref<'connecting' | 'open' | 'lost'>('connecting')
  const linkFailure = shallowRef<ShownFailure | null>(null)
  const lastData = shallowRef<DataEvent | null>(null)
  const listeners = new Set<(event: DataEvent) => void>()
  const newsListeners = new Set<(event: NewsEvent) => void>()
  /** The moment up to which the figures have the source; whichever of the two events spoke last. */
  const asOf = computed(() => {
    const told = [workspace.value?.sync?.asOf, lastData.value?.asOf].filter((each) => typeof each === 'string')
    return told.sort().at(-1) ?? null
  })
  /** Names the workspace in query keys, so that no figure of one is ever shown for another. */
  const workspaceKey = computed(() => workspace.value?.id ?? workspace.value?.kind ?? 'none')
  /** Nothing is asked before: it would be asked again under the workspace's own name. */
  const hasWorkspace = computed(() => workspaceKey.value !== 'none')

  let stop: AbortController | undefined
  let wake: (() => void) | undefined
  let line: AbortController | undefined
  let lastHeardMs = 0
  let refreshTimer: ReturnType<typeof setTimeout> | undefined
  let lastRefreshMs = 0

  function refreshData(): void {
    refreshTimer ??= setTimeout(
      () => {
        refreshTimer = undefined
        lastRefreshMs = Date.now()
        // Each query holds its own failure; what rejects here is one that its screen gave up.
        queryCache.invalidateQueries({ key: ['data'] }).catch(() => undefined)
      },
      Math.max(0, lastRefreshMs + refreshIntervalMs - Date.now()),
    )
  }

  function receive(event: AppEvent): void {
    if (event.type === 'workspace') {
      if (event.workspace.id !== workspace.value?.id) lastData.value = null
      workspace.value = event.workspace
      return
    }
    if (event.type === 'news') {
      for (const listener of newsListeners) listener(event)
      return
    }
    if (event.type === 'alerts') {
      for (const name of ['alerts', 'reports']) {
        queryCache.invalidateQueries({ key: ['data', workspaceKey.value, name] }).catch(() => undefined)
      }
      return
    }
    if (event.type === 'annotations') {
      queryCache.invalidateQueries({ key: ['data', workspaceKey.value, 'annotations'] }).catch(() => undefined)
      return
    }
    lastData.value = event
    for (const listener of listeners) listener(event)
    refreshData()
  }

  /**
   * Subscribes until `close`, and again whenever the line breaks. What is heard is taken in once `known` has settled: a
   * screen asks as soon as there is a workspace, and would ask twice if the time zone came later. Safe to call twice.
   */
  async function open(known: Promise<unknown>): Promise<void> {
    if (stop) return
    stop = new AbortController()
    const { signal } = stop
    window.addEventListener('online', comeBack, { signal })
    watchLine({
      quietMs: () => (link.value === 'open' ? Date.now() - lastHeardMs : 0),
      ask: async (limit) => {
        workspace.value = await api.workspace.current(undefined, { signal: limit })
        lastHeardMs = Date.now()
      },
      onDead: () => line?.abort(),
      signal,
    })
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        line = new AbortController()
        const events = await api.workspace.events(undefined, { signal: AbortSignal.any([signal, line.signal]) })
        lastHeardMs = Date.now()
        if (link.value === 'lost') refreshData()
        link.value = 'open'
        linkFailure.value = null
        await known.catch(() => undefined)
        for await (const event of events) {
          failures = 0
          lastHeardMs = Date.now()
          receive(event)
        }
      } catch (error) {
        if (signal.aborted) return
        linkFailure.value = toFailure(error)
      }
      link.value = 'lost'
      await pause(Math.min(longestRetryMs, 500 * 2 ** failures) * (0.75 + Math.random() / 2))
    }
  }

  /** Waits, or less when the network comes back meanwhile. */
  async function pause(delayMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      wake = resolve
      setTimeout(resolve, delayMs)
    })
  }

  function retryNow(): void {
    wake?.()
  }

  /** The network is back: the line may be dead without knowing it, and what the host waits for can be had again. */
  function comeBack(): void {
    line?.abort()
    retryNow()
    // Where the host cannot be asked either, the line is renewed until it can, and begins with the state.
    api.workspace.syncNow().catch(() => undefined)
  }

  /** Hears every data event. Returns the way to stop. */
  function onData(listener: (event: DataEvent) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Hears what the notification rules make of new requests. Returns the way to stop. */
  function onNews(listener: (event: NewsEvent) => void): () => void {
    newsListeners.add(listener)
    return () => newsListeners.delete(listener)
  }

  function close(): void {
    stop?.abort()
    stop = undefined
    clearTimeout(refreshTimer)
  }

  return {
    workspace,
    workspaceKey,
    hasWorkspace,
    link,
    linkFailure,
    lastData,
    asOf,
    open,
    close,
    retryNow,
    onData,
    onNews,
  }
})
