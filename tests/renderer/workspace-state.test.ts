import { describe, expect, test } from 'vitest'
import type { FeedState, SyncState, Workspace } from '../../src-main/contract/workspace'
import { describeState } from '../../src-renderer/state/workspace-state'

const since = '2026-03-03T12:00:00.000Z'
const failure = { code: 'database-unreachable' as const, message: 'The database cannot be reached.', hint: 'Wait.' }
const open = { state: 'open' as const, failure: null }

function workspace(changes: {
  source?: Partial<NonNullable<Workspace['source']>>
  sync?: Partial<SyncState>
  feed?: Partial<FeedState>
}): Workspace {
  return {
    kind: 'connection',
    id: 'c',
    name: 'acme',
    colour: 'red',
    source: {
      state: 'connected',
      failure: null,
      since,
      table: 'public.requests',
      serverVersion: '18.4',
      roleCanWrite: false,
      ...changes.source,
    },
    sync: {
      phase: 'following',
      asOf: since,
      syncedFrom: since,
      syncTarget: since,
      progress: 1,
      rows: 1,
      usagePending: 0,
      lastSyncAt: since,
      failure: null,
      ...changes.sync,
    },
    feed: { state: 'live', via: 'stream', since, lastEventAt: null, failure: null, ...changes.feed },
  }
}

describe('the state indicator', () => {
  test('says live when the feed is', () => {
    const state = describeState(workspace({}), open)
    expect([state.tone, state.word]).toEqual(['live', 'Live'])
  })

  test('names the database where its own notices are the feed', () => {
    expect(describeState(workspace({ feed: { via: 'notify' } }), open).explanation).toMatch(/by the database itself/)
  })

  test('says polling where the feed is away, and keeps why', () => {
    const away = describeState(workspace({ feed: { state: 'offline', failure } }), open)
    expect([away.tone, away.word, away.failure]).toEqual(['warn', 'Polling', failure])
    expect(describeState(workspace({ feed: { state: 'polling' } }), open).tone).toBe('live')
  })

  test('says how far the history is read', () => {
    const state = describeState(workspace({ sync: { phase: 'backfill', progress: 0.64 } }), open)
    expect([state.tone, state.word]).toEqual(['warn', 'Catching up 64%'])
  })

  test('says offline with the reason and since when, though the feed still lives', () => {
    const state = describeState(workspace({ source: { state: 'unreachable', failure } }), open)
    expect(state).toMatchObject({ tone: 'offline', word: 'Offline', since, failure })
  })

  test('says that the copy is not kept up before it says anything of the feed', () => {
    expect(describeState(workspace({ sync: { failure } }), open)).toMatchObject({ tone: 'failed', word: 'Sync failed' })
  })

  test('says first of all when the page itself hears nothing', () => {
    const lost = { state: 'lost' as const, failure: { code: 'host-unreachable', message: 'Away.', hint: undefined } }
    expect(describeState(workspace({ source: { state: 'unreachable', failure } }), lost).word).toBe('No answer')
  })

  test('waits before the first word from the app, and says when nothing is open', () => {
    expect(describeState(null, { state: 'connecting', failure: null }).word).toBe('Connecting')
    const none: Workspace = { ...workspace({}), kind: 'none', id: null, source: null, sync: null, feed: null }
    expect(describeState(none, open).word).toBe('Not connected')
  })
})
