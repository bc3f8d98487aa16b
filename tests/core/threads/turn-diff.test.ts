import { describe, expect, test } from 'vitest'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { turnDiff } from '../../../src-main/core/threads/turn-diff'
import { apiMessage } from '../bodies/stored-shapes'
import { assistant, text, user } from './told-conversation'

const tool = (name: string, more = {}) => ({ name, description: name, input_schema: { type: 'object' }, ...more })
const read = (body: object) => readRequestBody(JSON.stringify(body))
const parentBody = {
  model: 'claude-opus-5',
  max_tokens: 1000,
  system: 'You help.',
  tools: [tool('Read'), tool('Bash')],
  messages: [user('Fix the test'), assistant('Which one?'), user('The first')],
  metadata: { user_id: 'one' },
}
const response = readResponseBody(JSON.stringify(apiMessage([text('It is fixed now.')])))
const parent = { request: read(parentBody), response }
const diff = (change: object) => turnDiff(parent, read({ ...parentBody, ...change }))

describe('what a request changed against its parent', () => {
  test('is the new messages alone for a plain turn, the parent answer marked as read', () => {
    const messages = [...parentBody.messages, assistant('It is fixed now.'), user('Thanks')]
    expect(diff({ messages, metadata: { user_id: 'two' } })).toEqual({
      model: null,
      system: 'same',
      formerSystem: [],
      tools: { added: [], dropped: [], changed: [] },
      parameters: [],
      keptMessages: 3,
      messages: [
        { change: 'added', role: 'assistant', index: 3, parentIndex: null, isParentAnswer: true },
        { change: 'added', role: 'user', index: 4, parentIndex: null, isParentAnswer: false },
      ],
    })
  })

  test('is nothing where only cache markers and reminders moved', () => {
    const marked = [text('Fix the test', { cache_control: { type: 'ephemeral' } })]
    const messages = [
      user(marked),
      ...parentBody.messages.slice(1, 2),
      user([text('The first'), text('<system-reminder>Be brief</system-reminder>')]),
    ]
    expect(diff({ messages })).toMatchObject({ keptMessages: 3, messages: [], system: 'same' })
  })

  test('names an edited message by both of its places, and what was dropped', () => {
    const messages = [user('Fix the build'), user('The first')]
    expect(diff({ messages })).toMatchObject({
      keptMessages: 0,
      messages: [
        { change: 'changed', role: 'user', index: 0, parentIndex: 0 },
        { change: 'dropped', role: 'assistant', index: null, parentIndex: 1 },
      ],
    })
  })

  test('names tools, parameters, the model and the system prompt', () => {
    expect(
      diff({
        model: 'claude-haiku-5',
        max_tokens: 2000,
        temperature: 0,
        system: [text('You help a lot.')],
        tools: [tool('Read', { description: 'reads' }), tool('Grep')],
      }),
    ).toMatchObject({
      model: { from: 'claude-opus-5', to: 'claude-haiku-5' },
      system: 'changed',
      formerSystem: [{ kind: 'text', text: 'You help.' }],
      tools: { added: ['Grep'], dropped: ['Bash'], changed: ['Read'] },
      parameters: ['max_tokens', 'temperature'],
    })
    expect(diff({ system: undefined }).system).toBe('dropped')
    expect(turnDiff({ request: read({ messages: [] }), response: null }, parent.request).system).toBe('added')
  })

  test('rebuilds the new list from the old one, whatever was changed', () => {
    let state = 5
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647
      return state % below
    }
    const list = () => Array.from({ length: random(9) }, () => (random(2) ? user : assistant)(`Text ${random(6)}`))
    for (let round = 0; round < 500; round++) {
      const [before, after] = [list(), list()]
      const { keptMessages, messages } = turnDiff(
        { request: read({ messages: before }), response: null },
        read({ messages: after }),
      )
      const gone = new Set(messages.flatMap(({ parentIndex }) => (parentIndex === null ? [] : [parentIndex])))
      const come = new Set(messages.flatMap(({ index }) => (index === null ? [] : [index])))
      const same = before.filter((_, i) => !gone.has(i))
      expect(after.filter((_, i) => !come.has(i))).toEqual(same)
      expect(before.slice(0, keptMessages)).toEqual(after.slice(0, keptMessages))
    }
  })
})
