import { describe, expect, it } from 'vitest'
import { hasBranches, layOutMap, walkMap } from '../../src-renderer/conversation/thread/map-layout'
import { fixtureRow } from './fixture-rows'
import { storyThread, threadOf } from './fixture-thread'

const story = storyThread()
const layout = layOutMap(story.thread.requests)
const at = (id: string) => layout.nodes.find(({ request }) => request.row.id === id)
const place = (id: string) => [at(id)?.column, at(id)?.lane]

/** A main line of many turns with a branch of five turns, a sub-agent and a retry here and there. */
function bushy(turns: number, branches: number) {
  const requests: Parameters<typeof threadOf>[0] = []
  let parentId: string | null = null
  for (let turn = 1; turn <= turns; turn++) {
    const row = fixtureRow({ timestamp: new Date(Date.UTC(2026, 1, 1) + turn * 60_000).toISOString() })
    requests.push({ row, parentId, turn, kind: turn === 1 ? 'start' : 'turn' })
    parentId = row.id
    const nth = Math.floor(turn / (turns / branches))
    if (turn % Math.floor(turns / branches) !== 0 || nth > branches) continue
    const kind = (['branch', 'sub-agent', 'retry'] as const)[nth % 3] ?? 'branch'
    let above = row.id
    for (let step = 0; step < (kind === 'retry' ? 2 : 5); step++) {
      const aside = fixtureRow({ timestamp: row.timestamp })
      const isRetry = kind === 'retry'
      requests.push({
        row: aside,
        parentId: isRetry ? null : above,
        retryOf: isRetry ? row.id : null,
        kind: isRetry || step === 0 ? kind : 'turn',
        turn: turn + step,
        depth: 1,
      })
      above = aside.id
    }
  }
  return threadOf(requests).requests
}

describe('the map of a conversation', () => {
  it('goes right with each turn and down with each aside', () => {
    expect(place(story.first.id)).toEqual([0, 0])
    expect(place(story.second.id)).toEqual([1, 0])
    expect(place(story.retry.id)).toEqual([1, 1])
    expect(place(story.third.id)).toEqual([2, 0])
    expect(place(story.subAgent.id)).toEqual([3, 1])
    expect(place(story.subAgentNext.id)).toEqual([4, 1])
    expect(place(story.fourth.id)).toEqual([3, 0])
    expect([layout.columns, layout.lanes]).toEqual([5, 2])
  })

  it('is walked along its lines and between them', () => {
    const to = (from: { id: string }, key: string) => walkMap(layout, from.id, key)?.request.row.id
    expect(to(story.second, 'ArrowRight')).toBe(story.third.id)
    expect(to(story.third, 'ArrowLeft')).toBe(story.second.id)
    expect(to(story.second, 'ArrowDown')).toBe(story.retry.id)
    expect(to(story.retry, 'ArrowUp')).toBe(story.second.id)
    expect(to(story.fourth, 'ArrowDown')).toBe(story.subAgent.id)
    expect(to(story.subAgent, 'ArrowLeft')).toBe(story.third.id)
    expect(to(story.subAgent, 'End')).toBe(story.subAgentNext.id)
    expect(to(story.fourth, 'Home')).toBe(story.first.id)
    expect(to(story.fourth, 'ArrowRight')).toBeUndefined()
    expect(to(story.first, 'ArrowUp')).toBeUndefined()
    expect(to(story.first, 'x')).toBeUndefined()
    expect(walkMap(layout, 'unknown', 'Home')).toBeNull()
  })

  it('keeps two hundred turns with thirty branches in few lanes, each in a place of its own, all reached by keys', () => {
    const requests = bushy(200, 30)
    const map = layOutMap(requests)
    expect(map.nodes.length).toBe(requests.length)
    expect(new Set(map.nodes.map(({ column, lane }) => `${column} ${lane}`)).size).toBe(requests.length)
    expect(map.lanes).toBeLessThanOrEqual(4)
    expect(map.columns).toBeLessThanOrEqual(206)
    const reached = new Set<string>()
    const waiting = [requests[0]?.row.id ?? '']
    for (let id = waiting.pop(); id; id = waiting.pop()) {
      if (reached.has(id)) continue
      reached.add(id)
      for (const key of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']) {
        const next = walkMap(map, id, key)?.request.row.id
        if (next) waiting.push(next)
      }
    }
    expect(reached.size).toBe(requests.length)
  })

  it('puts requests that hang on nothing where they came in time', () => {
    const rows = [0, 1, 2, 3].map((minute) =>
      fixtureRow({ timestamp: new Date(Date.UTC(2026, 1, 1) + minute * 60_000).toISOString() }),
    )
    const [a, b, side, c] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0], (typeof rows)[0]]
    const { requests } = threadOf([
      { row: a },
      { row: b, parentId: a.id, kind: 'turn' },
      { row: c, parentId: b.id, kind: 'turn' },
      { row: side, kind: 'side' },
    ])
    const found = layOutMap(requests).nodes.at(-1)
    expect([found?.column, found?.lane]).toEqual([2, 1])
  })

  it('is worth showing where something leaves the line', () => {
    expect(hasBranches(story.thread.requests)).toBe(true)
    expect(hasBranches(story.thread.requests.filter(({ kind }) => kind === 'turn' || kind === 'start'))).toBe(false)
    expect(layOutMap([])).toEqual({ nodes: [], columns: 0, lanes: 0 })
  })
})
