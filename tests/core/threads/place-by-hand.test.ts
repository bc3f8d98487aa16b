import { describe, expect, test } from 'vitest'
import { readByHand, type ByHand } from '../../../src-main/core/threads/place-by-hand'
import { assistant, linkInAnyOrder, tell, user, type Turn } from './told-conversation'

const answer = (n: number): string => `Answer number ${n}, which is long enough to be told from every other answer.`
const first: Turn[] = [user('What is the longest river of Europe?')]
const second: Turn[] = [...first, assistant(answer(1)), user('How long?')]
const third: Turn[] = [...second, assistant(answer(2)), user('And of Asia?')]
const fourth: Turn[] = [...third, assistant(answer(3)), user('Thank you')]
const other: Turn[] = [user('Write a poem about rain.')]

/** A conversation of four turns in one session with a retry of the third, and another conversation beside it. */
const told = tell([
  { id: 'a', messages: first, answer: answer(1), session: 'aaaaaaaa' },
  { id: 'x', messages: other, answer: answer(8), session: 'xxxxxxxx' },
  { id: 'b', messages: second, answer: answer(2), session: 'aaaaaaaa' },
  { id: 'c', messages: third, session: 'aaaaaaaa' },
  { id: 'c-again', messages: third, answer: answer(3), session: 'aaaaaaaa' },
  { id: 'd', messages: fourth, answer: answer(4), session: 'aaaaaaaa' },
  { id: 'x2', messages: [...other, assistant(answer(8)), user('Once more')], session: 'xxxxxxxx' },
])

function outline(byHand: ByHand, requests = told): Record<string, string> {
  const links = Object.values(linkInAnyOrder(requests, byHand))
  return Object.fromEntries(
    links.map(({ id, kind, parentId, conversationId, reason }) => [
      id,
      `${kind} of ${parentId ?? 'nothing'} in ${conversationId}${reason === 'by-hand' ? ' by hand' : ''}`,
    ]),
  )
}

const found = {
  a: 'start of nothing in a',
  x: 'start of nothing in x',
  b: 'turn of a in a',
  c: 'turn of b in a',
  'c-again': 'retry of b in a',
  d: 'turn of c-again in a',
  x2: 'turn of x in x',
}

describe('a request that the user splits off', () => {
  test('begins a conversation, with its retries and all that carries them on, in spite of the session', () => {
    expect(outline(new Map([['c', null]]))).toEqual({
      ...found,
      c: 'start of nothing in c by hand',
      'c-again': 'retry of nothing in c',
      d: 'turn of c-again in c',
    })
  })

  test('does so in spite of the name that the source has for it', () => {
    const named = told.map((request) => ({ ...request, conversationId: `source-${request.print.sessionId}` }))
    expect(outline(new Map([['c', null]]), named)).toMatchObject({
      b: 'turn of a in source-aaaaaaaa',
      c: 'start of nothing in c by hand',
      d: 'turn of c-again in c',
    })
  })

  test('can be a retry, which then is none', () => {
    expect(outline(new Map([['c-again', null]]))).toMatchObject({
      c: 'turn of b in a',
      'c-again': 'start of nothing in c-again by hand',
      d: 'turn of c-again in c-again',
    })
  })
})

describe('a request that the user joins to another', () => {
  test('stands behind that one where it is later', () => {
    expect(outline(new Map([['x2', 'd']]))).toMatchObject({ x: found.x, x2: 'turn of d in a by hand' })
  })

  test('branches off where that one is carried on already', () => {
    expect(outline(new Map([['x2', 'b']])).x2).toBe('branch of b in a by hand')
  })

  test('shares its conversation where it is earlier', () => {
    expect(outline(new Map([['a', 'x']]))).toEqual({
      ...found,
      a: 'start of nothing in a by hand',
      x: 'side of nothing in a by hand',
      x2: 'turn of x in a',
    })
  })

  test('takes nothing with it that only shares its session', () => {
    const side = tell([
      { id: 'a', messages: first, answer: answer(1), session: 'aaaaaaaa' },
      { id: 's', messages: [user('Name the topic')], session: 'aaaaaaaa' },
      { id: 'x', messages: other, session: 'xxxxxxxx' },
    ])
    expect(outline(new Map([['x', 's']]), side)).toMatchObject({ x: 'turn of s in a by hand' })
    expect(outline(new Map([['s', 'x']]), side)).toMatchObject({ a: found.a, s: 'start of nothing in s by hand' })
  })

  test('stays where it was while the other one is not here, is of another domain or is itself', () => {
    expect(outline(new Map([['x2', 'gone']]))).toEqual(found)
    expect(outline(new Map([['x2', 'x2']]))).toEqual(found)
    const elsewhere = told.map((request) => ({ ...request, domain: request.id === 'd' ? 'other.com' : 'acme.com' }))
    expect(outline(new Map([['x2', 'd']]), elsewhere).x2).toBe(found.x2)
  })

  test('and the other to it, makes one conversation and no circle', () => {
    const circle = outline(new Map<string, string | null>([['a', 'x'], ['x', 'a']])) // prettier-ignore
    expect([circle.a, circle.x, circle.d]).toEqual([
      'start of nothing in a by hand',
      'branch of a in a by hand',
      'turn of c-again in a',
    ])
  })
})

test('what the user set later about a request holds over what was set before', () => {
  const at = '2026-11-20T10:00:00.000Z'
  const [split, join] = [null, 'X'].map((toRequestId) => ({ id: 'i', requestId: 'C', toRequestId, at }))
  expect([...readByHand([split!, join!])]).toEqual([['c', 'x']])
  expect([...readByHand([join!, split!])]).toEqual([['c', null]])
})

test('a link of the user holds when requests come later', () => {
  const early = outline(new Map([['c', null]]), told.filter(({ id }) => id !== 'b' && id !== 'd')) // prettier-ignore
  expect(early).toMatchObject({ c: 'start of nothing in c by hand', a: found.a })
})
