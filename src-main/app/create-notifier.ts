import type { RequestRow } from '../contract/conversations'
import type { NotificationSettings } from '../contract/notifications'
import { decideNotifications, nothingShown, type NotificationHistory } from '../core/alerts/decide-notifications'
import { asksForFirst } from '../core/alerts/judge-request'
import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'
import type { OpenWorkspace } from './open-workspace'
import type { Workspaces } from './workspaces'

export interface Notifier {
  /** Shows nothing until then; null ends the pause. */
  pause(untilMs: number | null): void
  close(): void
}

/** Most requests that wait for a look or an answer; the oldest go. */
const mostPending = 1000
/** A request whose answer is still not read by then is not news any more. */
const longestWaitMs = 15 * 60_000
/** The replica takes this many ids at once. */
const idsPerLook = 200

/** Looks at the rows that come in, lets core decide, and announces what it decided to the listeners of `workspaces`. */
export function createNotifier(options: {
  workspaces: Workspaces
  settings: () => NotificationSettings
  timeZone: () => string
  now: () => number
  log: Log
}): Notifier {
  const { workspaces, settings, timeZone, now, log } = options
  let watched: OpenWorkspace | null = null
  /** The database's clock when this workspace first answered. */
  let connectedMs: number | null = null
  /** Ids to look at, with the moment they were heard of. */
  let pending = new Map<string, number>()
  let history: NotificationHistory = nothingShown
  let pausedUntilMs: number | null = null
  let looking: Promise<void> | null = null
  let mustLookAgain = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let isClosed = false

  const stop = workspaces.onEvent((event) => {
    if (event.type !== 'data' && event.type !== 'workspace') return
    follow()
    if (event.type === 'workspace' && (connectedMs !== null || event.workspace.source?.state !== 'connected')) return
    if (event.type === 'data') {
      for (const id of event.newIds.toReversed()) pending.set(id, now())
      for (const id of [...pending.keys()].slice(0, Math.max(0, pending.size - mostPending))) pending.delete(id)
    }
    look()
  })

  /** Another workspace, or the same opened anew: what was known of the former means nothing here. */
  function follow(): OpenWorkspace | null {
    const current = currentWorkspace()
    if (current === watched) return current
    watched = current
    connectedMs = null
    pending = new Map()
    history = { ...history, held: [] }
    return current
  }

  function currentWorkspace(): OpenWorkspace | null {
    try {
      return workspaces.open()
    } catch {
      // None is open: there are no news then, and why it is so stands in the workspace's state.
      return null
    }
  }

  function look(): void {
    mustLookAgain = true
    looking ??= lookUntilDone().finally(() => (looking = null))
  }

  async function lookUntilDone(): Promise<void> {
    while (mustLookAgain) {
      mustLookAgain = false
      try {
        await lookOnce()
      } catch (error) {
        // A workspace that is being closed answers with a failure; what is pending is looked at with the next rows.
        log.warn('The new requests could not be looked at', { code: asFailure(error).code })
      }
    }
  }

  async function lookOnce(): Promise<void> {
    const workspace = isClosed ? null : follow()
    if (workspace === null) return
    connectedMs ??= await workspace.source.clockMs()
    const ids = [...pending.keys()]
    const rows: RequestRow[] = []
    for (let start = 0; start < ids.length; start += idsPerLook) {
      const found = await workspace.replica.rows(ids.slice(start, start + idsPerLook))
      rows.push(...found.map(({ row }) => row))
    }
    const starts = asksForFirst(settings()) ? await workspace.replica.conversationStarts(ids) : new Map()
    if (watched !== workspace || isClosed) return
    decide({ ids, rows, starts, connectedMs })
  }

  function decide(found: {
    ids: string[]
    rows: RequestRow[]
    starts: ReadonlyMap<string, boolean>
    connectedMs: number
  }): void {
    const { ids, rows, starts, connectedMs } = found
    const nowMs = now()
    const decision = decideNotifications(rows, history, {
      settings: settings(),
      nowMs,
      timeZone: timeZone(),
      connectedMs,
      pausedUntilMs,
      starts,
    })
    history = decision.history
    const waiting = new Set(decision.waiting.map((row) => row.id))
    for (const id of ids) {
      if (!waiting.has(id) || nowMs - (pending.get(id) ?? 0) > longestWaitMs) pending.delete(id)
    }
    const { count, notifications, nextRoomMs } = decision
    if (count > 0 || notifications.length > 0) workspaces.announceNews({ count, notifications })
    clearTimeout(timer)
    if (nextRoomMs !== null) timer = setTimeout(look, Math.max(0, nextRoomMs - nowMs))
  }

  return {
    pause(untilMs) {
      pausedUntilMs = untilMs
    },
    close() {
      isClosed = true
      clearTimeout(timer)
      stop()
    },
  }
}
