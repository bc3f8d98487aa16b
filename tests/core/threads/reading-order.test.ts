import { expect, test } from 'vitest'
import { linkThreads } from '../../../src-main/core/threads/link-threads'
import { readingOrder } from '../../../src-main/core/threads/reading-order'
import { assistant, tell, toolResult, toolUse, user } from './told-conversation'

const order = (requests: Parameters<typeof tell>[0]) =>
  readingOrder(linkThreads(tell(requests)).map((link) => ({ link }))).map(({ item, depth }) => [item.link.id, depth])

test('a line is read first to last, a retry behind what it repeats, a branch where it leaves', () => {
  const first = [user('What is the longest river of Europe?')]
  const answer = 'It is the Volga, which flows through Russia into the Caspian Sea.'
  const second = [...first, assistant(answer), user('How long?')]
  expect(
    order([
      { id: 'a', messages: first, answer },
      { id: 'b', messages: second },
      { id: 'b-again', messages: second, answer: 'It is 3,530 kilometres long, says the book on my shelf.' },
      { id: 'side', messages: [...first, assistant(answer), user('And of Asia?')], answer: 'The Yangtze.' },
      {
        id: 'c',
        messages: [...second, assistant('It is 3,530 kilometres long, says the book on my shelf.'), user('Thank you')],
      },
    ]),
  ).toEqual([
    ['a', 0],
    ['side', 1],
    ['b', 0],
    ['b-again', 1],
    ['c', 0],
  ])
})

test('a sub-agent is read whole behind the request that called it, however its requests mingle with others', () => {
  const call = [toolUse('toolu_0123456789abcdef', 'Task', { prompt: 'Look for all the tests of the parser' })]
  const first = [user('Count the tests of the parser, please')]
  const inner = [user('Look for all the tests of the parser')]
  const found = 'There are twelve tests of the parser in four files of the tree.'
  expect(
    order([
      { id: 'main', messages: first, answer: call },
      { id: 'agent', messages: inner, answer: found },
      {
        id: 'back',
        messages: [...first, assistant(call), user([toolResult('toolu_0123456789abcdef', 'Twelve')])],
        answer: 'Twelve.',
      },
      { id: 'agent-again', messages: [...inner, assistant(found), user('Sure?')], answer: 'Yes.' },
    ]),
  ).toEqual([
    ['main', 0],
    ['agent', 1],
    ['agent-again', 1],
    ['back', 0],
  ])
})

test('a line of thousands of turns is read without running out of stack, and nothing is lost when a parent is gone', () => {
  const links = Array.from({ length: 20_000 }, (_, i) => ({
    link: {
      id: `r${i}`,
      parentId: i === 0 ? null : `r${i - 1}`,
      conversationId: 'c',
      branch: 'main',
      kind: 'turn' as const,
      retryOf: null,
      toolUseId: null,
      reason: 'answer-continued' as const,
      confidence: 'high' as const,
    },
  }))
  expect(readingOrder(links).map(({ item }) => item.link.id)).toEqual(links.map(({ link }) => link.id))
  expect(readingOrder(links.slice(5)).length).toBe(19_995)
})
