import type { RequestRow } from '../../contract/conversations'
import type { AppNotification, NotificationSettings } from '../../contract/notifications'
import { judgeRequest, ruleFor } from './judge-request'
import { describeGroup, describeRest, groupNews, type NewsGroup } from './news-group'
import { isQuiet } from './quiet-hours'

/** What was told, and what there was no room for yet. */
export interface NotificationHistory {
  shownMs: number[]
  held: NewsGroup[]
}

export const nothingShown: NotificationHistory = { shownMs: [], held: [] }

export interface NotificationDecision {
  notifications: AppNotification[]
  /** Requests that a rule asked for, whether they are told of or not. */
  count: number
  /** Their verdict rests on an answer that is not read yet: to be brought again. */
  waiting: RequestRow[]
  history: NotificationHistory
  /** When there is room for what is held; null where nothing is. */
  nextRoomMs: number | null
}

const minuteMs = 60_000

/**
 * What to show for rows that have just come, at most `perMinute` in any minute: what there is no room for is held and
 * told of together later. Nothing is said of rows written before `connectedMs` (by the database's clock), and what comes
 * in quiet hours or a pause is counted only.
 */
export function decideNotifications(
  rows: RequestRow[],
  history: NotificationHistory,
  options: {
    settings: NotificationSettings
    nowMs: number
    timeZone: string
    connectedMs: number
    pausedUntilMs: number | null
    /** Whether a request begins its conversation, by its id; what is not known yet is missing. */
    starts: ReadonlyMap<string, boolean>
  },
): NotificationDecision {
  const { settings, nowMs, timeZone, connectedMs, pausedUntilMs, starts } = options
  const shownMs = history.shownMs.filter((atMs) => atMs <= nowMs && nowMs - atMs < minuteMs)
  const silent = { notifications: [], history: { shownMs, held: [] }, nextRoomMs: null }
  if (!settings.isOn) return { ...silent, count: 0, waiting: [] }

  const judged = rows
    .filter((row) => Date.parse(row.timestamp) >= connectedMs)
    .map((row) => ({ row, verdict: judgeRequest(row, ruleFor(row.domain, settings), starts.get(row.id)) }))
  const told = judged.filter(({ verdict }) => verdict === 'tell').map(({ row }) => row)
  const waiting = judged.filter(({ verdict }) => verdict === 'wait').map(({ row }) => row)
  const isPaused = pausedUntilMs !== null && nowMs < pausedUntilMs
  if (isPaused || isQuiet(settings.quietHours, nowMs, timeZone)) return { ...silent, count: told.length, waiting }

  const groups = groupNews(told, history.held)
  const room = Math.max(0, settings.perMinute - shownMs.length)
  const notifications = describe(groups, room)
  const held = room === 0 ? groups : []
  const nowShownMs = [...shownMs, ...notifications.map(() => nowMs)]
  return {
    notifications,
    count: told.length,
    waiting,
    history: { shownMs: nowShownMs, held },
    nextRoomMs: held.length > 0 ? Math.min(...nowShownMs) + minuteMs : null,
  }
}

function describe(groups: NewsGroup[], room: number): AppNotification[] {
  if (room === 0) return []
  if (groups.length <= room) return groups.map(describeGroup)
  const [first, ...others] = groups.slice(room - 1)
  const rest = first ? [describeRest([first, ...others])] : []
  return [...groups.slice(0, room - 1).map(describeGroup), ...rest]
}
