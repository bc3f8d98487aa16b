import { describe, expect, test } from 'vitest'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { fingerprint, type Fingerprint } from '../../../src-main/core/threads/fingerprint'
import { linkThreads } from '../../../src-main/core/threads/link-threads'
import { packFingerprint, unpackFingerprint } from '../../../src-main/replica/pack-fingerprint'
import type { ByHand } from '../../../src-main/core/threads/place-by-hand'
import { splitRelated } from '../../../src-main/core/threads/split-related'
import type { ThreadRequest } from '../../../src-main/core/threads/thread-request'
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
    return { id: `r${i}`, timestampMs, domain: 'acme.com', conversationId, branchId: null, print }
  })
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)

function expectSameLinks(requests: ThreadRequest[], byHand: ByHand = new Map()): number {
  const sets = splitRelated(requests, byHand)
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
      expect(unpackFingerprint(packFingerprint(print))).toEqual(print)
    }
    const [large] = randomRequests(3, 1)
    const print = { ...large!.print, answer: Number.MAX_SAFE_INTEGER, sessionId: 'é\u{1f600}"' }
    expect(unpackFingerprint(packFingerprint(print))).toEqual(print)
  })
})
