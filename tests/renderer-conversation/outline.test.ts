import { describe, expect, it } from 'vitest'
import { contextTokens, neighbour, outlineRows } from '../../src-renderer/conversation/thread/outline'
import { joinedBecause } from '../../src-renderer/conversation/thread/joined-because'
import { fixtureRow } from './fixture-rows'
import { storyThread, threadOf } from './fixture-thread'

const story = storyThread()
const { requests } = story.thread
const keys = (openId: string, folds = new Map<string, boolean>()) =>
  outlineRows(requests, openId, folds).map((row) => (row.kind === 'fold' ? `${row.label} ${row.isOpen}` : row.key))

describe('the outline of a conversation', () => {
  it('shows one aside in its place and folds several into one line with their cost', () => {
    expect(keys(story.first.id)).toEqual([
      story.first.id,
      story.second.id,
      story.retry.id,
      story.third.id,
      '1 sub-agent false',
      story.fourth.id,
    ])
    const fold = outlineRows(requests, story.first.id, new Map()).find((row) => row.kind === 'fold')
    expect(fold).toMatchObject({ requests: 2, unpriced: 0 })
    expect(fold?.kind === 'fold' && fold.costUsd).toBeCloseTo(0.14 + 0.15, 10)
  })

  it('unfolds what holds the open request, and what the reader unfolds', () => {
    expect(keys(story.subAgent.id)).toContain(story.subAgentNext.id)
    const folded = new Map([[`asides-${story.subAgent.id}`, false]])
    expect(keys(story.subAgent.id, folded)).not.toContain(story.subAgent.id)
    const unfolded = new Map([[`asides-${story.subAgent.id}`, true]])
    expect(keys(story.first.id, unfolded)).toContain(story.subAgent.id)
  })

  it('names each sort of aside and counts those without a price apart', () => {
    const row = fixtureRow({ costUsd: null })
    const asides = ['retry', 'retry', 'branch'].map((kind) => ({
      row: fixtureRow({ costUsd: kind === 'branch' ? null : 1 }),
      kind: kind as 'retry' | 'branch',
      depth: 1,
    }))
    const rows = outlineRows(threadOf([{ row }, ...asides]).requests, row.id, new Map())
    expect(rows[1]).toMatchObject({ label: '2 retries, 1 branch', costUsd: 2, unpriced: 1, isOpen: false })
  })

  it('goes from request to request in reading order and ends at the ends', () => {
    expect(neighbour(requests, story.third.id, 1)?.row.id).toBe(story.subAgent.id)
    expect(neighbour(requests, story.third.id, -1)?.row.id).toBe(story.retry.id)
    expect(neighbour(requests, story.first.id, -1)).toBeNull()
    expect(neighbour(requests, story.fourth.id, 1)).toBeNull()
    expect(neighbour(requests, 'elsewhere', 1)).toBeNull()
  })
})

describe('what the model read at a request', () => {
  it('is all of its input, and unknown where nothing is recorded', () => {
    const tokens = { inputTokens: 1, cacheReadTokens: 20, cacheWriteTokens: null }
    const none = { inputTokens: null, cacheReadTokens: null, cacheWriteTokens: null }
    const [known, unknown] = threadOf([{ row: fixtureRow(tokens) }, { row: fixtureRow(none) }]).requests
    expect(known && contextTokens(known)).toBe(21)
    expect(unknown && contextTokens(unknown)).toBeNull()
  })
})

describe('why a request is joined', () => {
  it('is said with how sure it is', () => {
    expect(joinedBecause({ reason: 'messages-identical', confidence: 'high' })).toMatch(/once more\.$/)
    expect(joinedBecause({ reason: 'task-prompt', confidence: 'medium' })).toMatch(/likely, not certain/)
    expect(joinedBecause({ reason: 'same-session', confidence: 'low' })).toMatch(/a guess/)
    expect(joinedBecause({ reason: 'nothing-earlier', confidence: 'low' })).not.toMatch(/guess/)
  })
})
