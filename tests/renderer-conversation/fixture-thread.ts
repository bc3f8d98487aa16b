import type { RequestRow } from '../../src-main/contract/conversations'
import type { Thread, ThreadedRequest } from '../../src-main/contract/threads'
import type { StoredBodies } from '../../src-main/core/ports'
import { fixtureRow } from './fixture-rows'

/** A conversation of these requests, in this order; what is not said is a plain start. */
export function threadOf(requests: (Partial<ThreadedRequest> & { row: RequestRow })[], complete = true): Thread {
  const sum = (figure: (row: RequestRow) => number | null) =>
    requests.reduce((total, { row }) => total + (figure(row) ?? 0), 0)
  return {
    conversationId: requests[0]?.row.id ?? '',
    requests: requests.map((request) => ({
      parentId: null,
      retryOf: null,
      toolUseId: null,
      kind: 'start',
      branch: 'main',
      reason: 'nothing-earlier',
      confidence: 'high',
      turn: 1,
      depth: 0,
      gapMs: null,
      ...request,
    })),
    totals: {
      requests: requests.length,
      inputTokens: sum((row) => row.inputTokens),
      outputTokens: sum((row) => row.outputTokens),
      cacheReadTokens: sum((row) => row.cacheReadTokens),
      cacheWriteTokens: sum((row) => row.cacheWriteTokens),
      costUsd: sum((row) => row.costUsd),
      unpriced: requests.filter(({ row }) => row.answered && row.costUsd === null).length,
    },
    complete,
  }
}

const startMs = Date.UTC(2026, 2, 3, 14, 0, 0)
const answers = ['I look at it.', 'The timer is counted twice.', 'Now it is right.', 'You are welcome.']
const questions = ['Why does it fail?', 'What is the cause?', 'Please mend it.', 'Thanks.']

/** What the third turn calls, and the fourth answers. */
const task = {
  type: 'tool_use',
  id: 'call_1',
  name: 'Task',
  input: { description: 'Look at the test', prompt: 'Read the test.', subagent_type: 'explorer' },
}

function turnBodies(
  row: RequestRow,
  turn: number,
  system: string,
  lastQuestion = questions[turn - 1],
  calls: object[] = [],
): StoredBodies {
  const messages = Array.from({ length: turn * 2 - 1 }, (_, index) => {
    const words =
      index % 2 === 1 ? answers[(index - 1) / 2] : index === turn * 2 - 2 ? lastQuestion : questions[index / 2]
    const text = { type: 'text', text: words }
    if (index === 5) return { role: 'assistant', content: [text, task] }
    const result = { type: 'tool_result', tool_use_id: task.id, content: 'The test is right.' }
    if (index === 6) return { role: 'user', content: [result, text] }
    return { role: index % 2 === 0 ? 'user' : 'assistant', content: words }
  })
  return {
    request: JSON.stringify({ model: 'claude-sonnet-4-5-20250929', max_tokens: 100, system, messages }),
    response: JSON.stringify({
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5-20250929',
      content: [{ type: 'text', text: answers[turn - 1] }, ...calls],
      stop_reason: 'end_turn',
      usage: {
        input_tokens: row.inputTokens,
        output_tokens: row.outputTokens,
        cache_read_input_tokens: row.cacheReadTokens,
        cache_creation_input_tokens: row.cacheWriteTokens,
      },
    }),
  }
}

/**
 * Four turns, of which the second was tried twice and the third called a sub-agent of two requests. The system prompt
 * changes at the third, which then reads nothing from the cache; before the fourth one paused for twenty minutes.
 */
export function storyThread() {
  const minutes = [0, 1, 2, 3, 3.5, 4, 24]
  const row = (at: number, patch: Partial<RequestRow>): RequestRow =>
    fixtureRow({
      timestamp: new Date(startMs + (minutes[at] ?? 0) * 60_000).toISOString(),
      inputTokens: 100,
      cacheReadTokens: 10_000 + at * 2000,
      cacheWriteTokens: 2000,
      costUsd: 0.1 + at / 100,
      ...patch,
    })
  const first = row(0, { preview: questions[0] })
  const second = row(1, { preview: questions[1], error: true })
  const retry = row(2, { preview: questions[1] })
  const third = row(3, { preview: questions[2], cacheReadTokens: 0, cacheWriteTokens: 18_000 })
  const subAgent = row(4, { preview: 'Read the test.', model: 'claude-3-5-haiku-20241022' })
  const subAgentNext = row(5, { preview: 'Read the test.', model: 'claude-3-5-haiku-20241022' })
  const fourth = row(6, { preview: questions[3] })
  const carried = { reason: 'answer-continued', confidence: 'high' } as const
  const thread = threadOf(
    [
      { row: first },
      { row: second, parentId: first.id, kind: 'turn', turn: 2, gapMs: 55_790, ...carried },
      {
        row: retry,
        parentId: first.id,
        retryOf: second.id,
        kind: 'retry',
        turn: 2,
        depth: 1,
        gapMs: 0,
        reason: 'messages-identical',
        confidence: 'high',
      },
      { row: third, parentId: retry.id, kind: 'turn', turn: 3, gapMs: 55_790, ...carried },
      {
        row: subAgent,
        parentId: third.id,
        kind: 'sub-agent',
        depth: 1,
        toolUseId: 'call_1',
        reason: 'task-prompt',
        confidence: 'medium',
      },
      { row: subAgentNext, parentId: subAgent.id, kind: 'turn', turn: 2, depth: 1, gapMs: 20_000, ...carried },
      { row: fourth, parentId: third.id, kind: 'turn', turn: 4, gapMs: 20 * 60_000, ...carried },
    ],
    false,
  )
  const stored = new Map<string, StoredBodies>([
    [first.id, turnBodies(first, 1, 'Be brief.')],
    [second.id, turnBodies(second, 2, 'Be brief.')],
    [retry.id, turnBodies(retry, 2, 'Be brief.')],
    [third.id, turnBodies(third, 3, 'Be thorough.', questions[2], [task])],
    [subAgent.id, turnBodies(subAgent, 1, 'You are a sub-agent.', 'Read the test.')],
    [subAgentNext.id, turnBodies(subAgentNext, 2, 'You are a sub-agent.')],
    [fourth.id, turnBodies(fourth, 4, 'Be thorough.')],
  ])
  const rows = thread.requests.map((request) => ({
    ...request.row,
    conversationId: thread.conversationId,
    turn: request.turn ?? undefined,
  }))
  return { thread, rows: rows.toReversed(), stored, first, second, retry, third, subAgent, subAgentNext, fourth }
}
