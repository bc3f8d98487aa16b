import { describe, expect, test } from 'vitest'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { fingerprint, type Fingerprint } from '../../../src-main/core/threads/fingerprint'
import { linkThreads } from '../../../src-main/core/threads/link-threads'
import { packFingerprint, unpackFingerprint } from '../../../src-main/replica/pack-fingerprint'
import type { ByHand } from '../../../src-main/core/threads/place-by-hand'
import { createRelatedSets } from '../../../src-main/core/threads/related-sets'
import type { ThreadLink, ThreadRequest } from '../../../src-main/core/threads/thread-request'
import { sampleRequests } from '../../sample/sample-requests'

function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** Requests of few hashes, so that every kind of relation meets by chance. */
function randomRequests(seed: number, count: number): ThreadRequest[] {
  const random = generator(seed)
  const some = (): number => (random(3) === 0 ? random(9) : 0)
  return Array.from({ length: count }, (_, i) => {
    const length = random(4)
    const first = 1 + random(12)
    const answer = random(3) === 0 ? 0 : 1 + random(30)
    const print: Fingerprint = {
      prefixes: Array.from({ length }, (_, at) => first * 1000 + (at > 0 ? at * 10 + random(2) : 0)),
      answers: Array.from({ length }, (_, at) => (at % 2 === 1 ? 1 + random(30) : 0)),
      answer,
      isAnswerTelling: answer > 15,
      sessionId: random(8) === 0 ? `session-${random(4)}` : null,
      system: random(2),
      firstPrompt: some(),
      tasks: random(6) === 0 ? [{ toolUseId: `tool-${i}`, prompt: 1 + random(8) }] : [],
      continuedSummary: random(8) === 0 ? 1 + random(5) : 0,
      summary: random(8) === 0 ? 1 + random(5) : 0,
    }
    const conversationId = random(12) === 0 ? `source-${random(3)}` : null
    const timestampMs = random(50) * 60_000
    const source = random(10) === 0 ? { parentId: `r${random(count)}`, isSubtask: random(2) === 0 } : null
    return { id: `r${i}`, timestampMs, domain: 'acme.com', conversationId, branchId: null, source, print }
  })
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)

function relatedSets(requests: ThreadRequest[], byHand: ByHand): ThreadRequest[][] {
  const sets = createRelatedSets()
  for (const request of requests) sets.put(request)
  sets.joinByHand(byHand)
  return sets.all()
}

function expectSameLinks(requests: ThreadRequest[], byHand: ByHand = new Map()): number {
  const sets = relatedSets(requests, byHand)
  expect(sets.flatMap((set) => linkThreads(set, byHand)).sort(byId)).toEqual(linkThreads(requests, byHand).sort(byId))
  return sets.length
}

describe('sets of related requests', () => {
  test('give the same links one by one as all at once, for any relations', () => {
    let sets = 0
    for (let seed = 1; seed <= 400; seed++) sets += expectSameLinks(randomRequests(seed, 3 + (seed % 40)))
    expect(sets).toBeGreaterThan(800)
  })

  test('do so whatever the user split and joined', () => {
    for (let seed = 1; seed <= 400; seed++) {
      const requests = randomRequests(seed, 3 + (seed % 40))
      const random = generator(seed)
      const some = (): string => `r${random(requests.length + 1)}`
      expectSameLinks(requests, new Map([1, 2, 3].map(() => [some(), random(2) === 0 ? null : some()])))
    }
  })

  test('that were touched are all that need be joined again, as requests come, change and go', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = generator(seed)
      const all = randomRequests(seed, 30)
      const sets = createRelatedSets()
      const here = new Map<string, ThreadRequest>()
      const links = new Map<string, ThreadLink>()
      for (const request of all.toSorted((a, b) => (a.print.answer + a.id < b.print.answer + b.id ? -1 : 1))) {
        // Without its answer first, as a request that is still running.
        for (const print of [{ ...request.print, answer: 0, isAnswerTelling: false, tasks: [] }, request.print]) {
          here.set(request.id, { ...request, print })
          sets.put({ ...request, print })
          for (const link of linkThreads(sets.setOf(request.id))) links.set(link.id, link)
        }
        if (random(5) !== 0) continue
        const [goneId] = [...here.keys()]
        const others = sets.setOf(goneId!).filter(({ id }) => id !== goneId)
        here.delete(goneId!)
        links.delete(goneId!)
        sets.remove([goneId!])
        for (const link of linkThreads(others)) links.set(link.id, link)
      }
      expect([...links.values()].sort(byId)).toEqual(linkThreads([...here.values()]).sort(byId))
      expect(sets.size).toBe(here.size)
    }
  })

  test('are many in a workspace like one at work', () => {
    const requests = [...sampleRequests(Date.parse('2026-11-23T12:00:00Z'), 24)].map((sample) => ({
      id: sample.id,
      timestampMs: sample.timestampMs,
      domain: 'one.com',
      conversationId: null,
      branchId: null,
      print: fingerprint(readRequestBody(sample.requestBody), readResponseBody(sample.responseBody)),
    }))
    expect(expectSameLinks(requests)).toBeGreaterThan(50)
  })
})

describe('a packed fingerprint', () => {
  test('is what it was after it was unpacked', () => {
    for (const { print } of randomRequests(7, 200)) {
      expect(unpackFingerprint(packFingerprint({ ...print, place: null }))).toEqual({ ...print, place: null })
    }
    const [large] = randomRequests(3, 1)
    const place = { conversationId: 'c', branchId: null, sessionId: 'ü', parentId: 'p', isSubtask: true }
    const print = { ...large!.print, answer: Number.MAX_SAFE_INTEGER, sessionId: 'é\u{1f600}"', place }
    expect(unpackFingerprint(packFingerprint(print))).toEqual(print)
  })
})
