import type { Workspace } from '../../src-main/contract/workspace'
import type { ShownFailure } from '../api/failure'
import { percent } from '../format/number'

export type StateTone = 'live' | 'warn' | 'failed' | 'offline'

/** One word for how current the figures are, with its reason. */
export interface WorkspaceState {
  tone: StateTone
  word: string
  /** A whole sentence for who asks. */
  explanation: string
  /** Since when it is so, where that says something. */
  since: string | null
  failure: { code: string; message: string; hint?: string | undefined } | null
}

/**
 * What the state indicator says. The nearest broken link counts: the page's line to its host before the database,
 * the database before the copy, the copy before the feed.
 */
export function describeState(
  workspace: Workspace | null,
  link: { state: 'connecting' | 'open' | 'lost'; failure: ShownFailure | null },
): WorkspaceState {
  if (link.state === 'lost') {
    return state('failed', 'No answer', 'The page has lost its line to the app and tries again.', null, link.failure)
  }
  if (!workspace || link.state === 'connecting') return state('warn', 'Connecting', 'Waiting for the app to answer.')
  const { source, sync, feed } = workspace
  if (!source || !sync) return state('offline', 'Not connected', 'No database is open.')
  if (sync.phase === 'paused')
    return state('offline', 'Paused', 'Nothing is asked of the database until it is resumed.')
  if (source.state === 'unreachable') {
    const text = 'The figures are from the local copy until the database answers again.'
    return state('offline', 'Offline', text, source.since, source.failure)
  }
  if (source.state === 'connecting') return state('warn', 'Connecting', 'Connecting to the database.', source.since)
  if (sync.failure) return state('failed', 'Sync failed', 'The local copy is not kept up.', null, sync.failure)
  switch (sync.phase) {
    case 'waiting':
    case 'recent':
      return state('warn', 'Catching up', 'The last 24 hours are being read.')
    case 'backfill':
      return state('warn', `Catching up ${percent(sync.progress)}`, 'New rows arrive; older days are still being read.')
    case 'following':
      return describeFeed(feed)
  }
}

function describeFeed(feed: Workspace['feed']): WorkspaceState {
  const polling = 'The database is asked for new rows every few seconds.'
  if (!feed || feed.state === 'off') return state('live', 'Polling', polling)
  switch (feed.state) {
    case 'live': {
      const via = feed.via === 'notify' ? 'by the database itself' : "by the proxy's event stream"
      return state('live', 'Live', `New rows are announced ${via}.`, feed.since)
    }
    case 'connecting':
      return state('warn', 'Connecting', `The event stream is being opened. ${polling}`, feed.since, feed.failure)
    case 'catching-up':
      return state('warn', 'Catching up', 'Rows that came while the stream was away are being read.', feed.since)
    case 'polling':
      return state('live', 'Polling', polling, feed.since, feed.failure)
    case 'unauthorised':
      return state('warn', 'Polling', `The event stream wants another key. ${polling}`, feed.since, feed.failure)
    case 'offline':
      return state('warn', 'Polling', `The event stream is away. ${polling}`, feed.since, feed.failure)
  }
}

function state(
  tone: StateTone,
  word: string,
  explanation: string,
  since: string | null = null,
  failure: WorkspaceState['failure'] = null,
): WorkspaceState {
  return { tone, word, explanation, since, failure }
}
