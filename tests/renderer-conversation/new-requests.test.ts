import { expect, it } from 'vitest'
import { newRequests, openedWith } from '../../src-renderer/conversation/thread/new-requests'
import { fixtureRow } from './fixture-rows'
import { threadOf } from './fixture-thread'

const at = (minute: number) => fixtureRow({ timestamp: new Date(Date.UTC(2026, 2, 3, 14, minute)).toISOString() })
const first = at(0)
const open = at(2)
const there = threadOf([{ row: first }, { row: open, parentId: first.id, kind: 'turn' }])
const opened = openedWith(there.requests)

it('tells of what carries on the open request or tries it again, and of nothing beside it', () => {
  const retry = at(4)
  const next = at(5)
  const subAgent = at(6)
  const branch = at(7)
  const { requests } = threadOf([
    ...there.requests,
    { row: retry, parentId: first.id, retryOf: open.id, kind: 'retry' },
    { row: next, parentId: open.id, kind: 'turn' },
    { row: subAgent, parentId: next.id, kind: 'sub-agent', depth: 1 },
    { row: branch, parentId: first.id, kind: 'branch', depth: 1 },
  ])
  const ids = newRequests(requests, open.id, opened).map(({ row }) => row.id)
  expect(ids).toEqual([retry.id, next.id, subAgent.id])
  expect(newRequests(requests, branch.id, opened)).toEqual([])
  expect(newRequests(requests, open.id, openedWith(requests))).toEqual([])
})

it('tells of nothing older that was only joined now, and of what came in the same moment as the newest', () => {
  const older = at(1)
  const same = at(2)
  const { requests } = threadOf([
    ...there.requests,
    { row: older, parentId: open.id, kind: 'turn' },
    { row: same, parentId: older.id, kind: 'turn' },
  ])
  expect(newRequests(requests, open.id, opened).map(({ row }) => row.id)).toEqual([same.id])
})
