import type { z } from 'zod'
import type { AppEvent, Health, Workspace } from '../contract/workspace'
import type { AppApi } from '../rpc/app-api'
import type { JsonFile } from '../settings/json-file'
import type { pausedWorkspaces } from '../settings/paused-workspaces'
import type { Workspaces } from './workspaces'

const mostNotificationsWaiting = 20
/** Pages show the newest; that there are more they hear by `changedRows`. */
const mostIdsToAPage = 100

export function createWorkspaceApi(
  workspaces: Workspaces,
  paused: JsonFile<z.infer<typeof pausedWorkspaces>>,
): AppApi['workspace'] {
  return {
    current: async () => workspaces.state(),
    health: async () => toHealth(workspaces.state()),
    async syncNow() {
      const { sync, feed } = workspaces.open()
      feed.retry()
      await sync.lookNow()
      return workspaces.state()
    },
    async setPaused({ isPaused }) {
      const { id } = workspaces.state()
      await workspaces.setPaused(isPaused)
      await paused.change(({ ids }) => {
        const others = ids.filter((other) => other !== id)
        return { ids: isPaused && id !== null ? [...others, id] : others }
      })
      return workspaces.state()
    },
    events: async (_input, { signal }) => streamEvents(workspaces, signal),
  }
}

function toHealth(workspace: Workspace): Health {
  const { source, sync, feed } = workspace
  const isWhole = source?.state === 'connected' && !sync?.failure
  const isStarting = source?.state === 'connecting' || source === null
  return {
    status: isWhole ? 'ok' : isStarting ? 'starting' : 'degraded',
    database: { state: source?.state ?? 'none', ...(source?.failure && { code: source.failure.code }) },
    replica: {
      rows: sync?.rows ?? 0,
      asOf: sync?.asOf ?? null,
      syncing: sync?.phase === 'recent' || sync?.phase === 'backfill',
      progress: sync?.progress ?? 0,
    },
    feed: { state: feed?.state ?? 'off', since: feed?.since ?? null },
  }
}

/**
 * The state now, then each change. A reader that is slow gets the newest state and one merged change of the data, so
 * what waits for it is bounded whatever happens.
 */
async function* streamEvents(workspaces: Workspaces, signal: AbortSignal | undefined): AsyncGenerator<AppEvent> {
  const waiting = new Map<AppEvent['type'], AppEvent>([
    ['workspace', { type: 'workspace', workspace: workspaces.state() }],
  ])
  let wake = (): void => undefined
  const stop = workspaces.onEvent((event) => {
    waiting.set(event.type, merge(waiting.get(event.type), event))
    wake()
  })
  const onAbort = (): void => wake()
  signal?.addEventListener('abort', onAbort)
  try {
    for (;;) {
      if (signal?.aborted) return
      const [next] = waiting.values()
      if (next) {
        waiting.delete(next.type)
        yield next
      } else {
        await new Promise<void>((resolve) => (wake = resolve))
      }
    }
  } finally {
    stop()
    signal?.removeEventListener('abort', onAbort)
  }
}

function merge(former: AppEvent | undefined, event: AppEvent): AppEvent {
  if (former?.type === 'news' && event.type === 'news') {
    const notifications = [...former.notifications, ...event.notifications].slice(-mostNotificationsWaiting)
    return { type: 'news', count: former.count + event.count, notifications }
  }
  if (event.type !== 'data') return event
  const { newIds, changedRows } = former?.type === 'data' ? former : { newIds: [], changedRows: 0 }
  return {
    type: 'data',
    asOf: event.asOf,
    newIds: [...event.newIds, ...newIds].slice(0, mostIdsToAPage),
    changedRows: event.changedRows + changedRows,
  }
}
