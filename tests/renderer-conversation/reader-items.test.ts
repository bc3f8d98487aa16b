import { describe, expect, it } from 'vitest'
import type { Answer, ContentBlock, Message, RequestDetail } from '../../src-main/contract/conversations'
import { readerItems, type MessagePart } from '../../src-renderer/conversation/reader/reader-items'
import { toolSummary } from '../../src-renderer/conversation/reader/tool-summary'
import { fixtureRow } from './fixture-rows'

const use = (id: string): ContentBlock => ({ kind: 'tool-use', id, name: 'Bash', input: {}, origin: 'client' })
const result = (toolUseId: string, text = 'out'): ContentBlock => ({
  kind: 'tool-result',
  toolUseId,
  wireType: 'tool_result',
  isError: false,
  content: [],
  text,
})
const text = (words: string): ContentBlock => ({ kind: 'text', text: words })
const message = (role: string, ...blocks: ContentBlock[]): Message => ({
  role,
  blocks,
  tokens: 1,
  tokensEstimated: true,
})
const answerOf = (given: Message | null): Answer => ({
  shape: given ? 'message' : 'missing',
  notes: [],
  message: given,
  stopReason: null,
  refusal: null,
  error: null,
})

function detail(messages: Message[], patch: Partial<RequestDetail> = {}): RequestDetail {
  return {
    request: fixtureRow(),
    cost: { totalUsd: null, parts: [], notes: [] },
    system: [],
    tools: [],
    parameters: {},
    messages,
    response: answerOf(null),
    rawSize: { request: 0, response: 0 },
    readFrom: 'database',
    readAt: '2026-01-01T00:00:00.000Z',
    ...patch,
  }
}

const parts = (messages: Message[], at: number): MessagePart[] => {
  const item = readerItems(detail(messages)).filter((each) => each.kind === 'message')[at]
  return item?.read.parts ?? []
}

describe('the pieces of a conversation', () => {
  it('stand in the order that the model saw them', () => {
    const whole = detail([message('user', text('hi'))], {
      notes: ['Cut.'],
      system: [text('be kind')],
      tools: [{ name: 'Bash', description: null, schema: {} }],
      parameters: { max_tokens: 1 },
    })
    expect(readerItems(whole).map((item) => item.kind)).toEqual([
      'notes',
      'system',
      'tools',
      'parameters',
      'message',
      'answer',
    ])
  })

  it('put a result with its call, and tell the message that it came in', () => {
    const messages = [message('assistant', use('1'), use('2')), message('user', result('2', 'b'), result('1', 'a'))]
    expect(parts(messages, 0).map((part) => part.kind === 'tool' && part.result?.text)).toEqual(['a', 'b'])
    expect(parts(messages, 1)).toEqual([])
    expect(readerItems(detail(messages))[1]).toMatchObject({ read: { resultsElsewhere: 2 } })
  })

  it('put the result of a server tool with the call of the same message', () => {
    const [item] = readerItems(detail([message('assistant', use('1'), result('1'), text('so'))]))
    expect(item).toMatchObject({ read: { resultsElsewhere: 0, parts: [{ kind: 'tool' }, { kind: 'block' }] } })
  })

  it('keep a result whose call is not there, and a second result for one call', () => {
    const messages = [message('assistant', use('1')), message('user', result('9'), result('1'), result('1', 'again'))]
    expect(parts(messages, 1)).toMatchObject([
      { kind: 'result', result: { toolUseId: '9' } },
      { kind: 'result', result: { text: 'again' } },
    ])
  })

  it('give a result to the latest call where two calls share an id', () => {
    const messages = [message('assistant', use('1')), message('assistant', use('1')), message('user', result('1'))]
    expect(parts(messages, 0)).toMatchObject([{ kind: 'tool', result: null }])
    expect(parts(messages, 1)).toMatchObject([{ kind: 'tool', result: { text: 'out' } }])
  })

  it('end with the answer, there or not', () => {
    expect(readerItems(detail([])).at(-1)).toMatchObject({ kind: 'answer', read: null })
    const answered = detail([], { response: answerOf(message('assistant', text('yes'))) })
    expect(readerItems(answered).at(-1)).toMatchObject({ kind: 'answer', read: { parts: [{ kind: 'block' }] } })
  })
})

describe('the line that sums up a tool call', () => {
  it('is the most telling text of its input', () => {
    expect(toolSummary({ description: 'Run', command: 'npm test' })).toBe('npm test')
    expect(toolSummary({ limit: 1, file_path: '/a/b.ts' })).toBe('/a/b.ts')
    expect(toolSummary({ anything: 'a\n  b' })).toBe('a b')
    expect(toolSummary('raw text')).toBe('raw text')
  })

  it('is empty where the input has no text, and short where it is long', () => {
    expect(toolSummary({ n: 1 })).toBe('')
    expect(toolSummary(null)).toBe('')
    expect(toolSummary({ command: 'x'.repeat(10_000) }).length).toBeLessThan(200)
  })
})

describe('messages that were read before', () => {
  const messages = [
    message('user', text('a')),
    message('assistant', use('t1')),
    message('user', result('t1')),
    message('assistant', text('b'), use('t2')),
    message('user', result('t2')),
  ]
  const keys = (readBefore: number, from = 0, isFolded = true) =>
    readerItems(detail(messages.slice(from), { ...(from > 0 && { page: { from, total: messages.length } }) }), {
      readBefore,
      isFolded,
    }).map(({ key }) => key)

  it('stand in one line, but for a call whose result is new', () => {
    expect(keys(4)).toEqual(['read-before', 'message-3', 'new', 'message-4', 'answer'])
    expect(keys(3)).toEqual(['read-before', 'new', 'message-3', 'message-4', 'answer'])
    expect(keys(4, 0, false)).toEqual([
      'read-before',
      'message-0',
      'message-1',
      'message-2',
      'message-3',
      'new',
      'message-4',
      'answer',
    ])
    expect(keys(0)).toEqual(['message-0', 'message-1', 'message-2', 'message-3', 'message-4', 'answer'])
    // A request that sends nothing new, as one that was only given another model.
    expect(keys(5)).toEqual(['read-before', 'answer'])
  })

  it('keep their positions where earlier ones are not here', () => {
    expect(keys(4, 3)).toEqual(['read-before', 'message-3', 'new', 'message-4', 'answer'])
    expect(keys(4, 4)).toEqual(['read-before', 'new', 'message-4', 'answer'])
    expect(keys(2, 4)).toEqual(['read-before', 'earlier', 'message-4', 'answer'])
    expect(keys(2, 4, false)).toEqual(['read-before', 'earlier', 'message-4', 'answer'])
    expect(keys(0, 3)).toEqual(['earlier', 'message-3', 'message-4', 'answer'])
  })

  it('say of a result that its call stands earlier', () => {
    const [, first] = readerItems(detail(messages.slice(4), { page: { from: 4, total: 5 } }))
    expect(first).toMatchObject({ read: { parts: [{ kind: 'result', isCallEarlier: true }] } })
    const [alone] = readerItems(detail(messages.slice(4)))
    expect(alone).toMatchObject({ read: { parts: [{ kind: 'result', isCallEarlier: false }] } })
  })
})
