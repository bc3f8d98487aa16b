import { expect, test } from 'vitest'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { countRepeatedCalls } from '../../../src-main/core/bodies/repeated-calls'

const call = (name: string, input: unknown) => ({ type: 'tool_use', id: `toolu_${Math.random()}`, name, input })
const said = (...content: unknown[]) => ({ role: 'assistant', content })

function count(messages: unknown[], answer: unknown[] = []): number {
  const request = readRequestBody(JSON.stringify({ messages }))
  const response = readResponseBody(JSON.stringify({ type: 'message', role: 'assistant', content: answer }))
  return countRepeatedCalls(request.messages, response.answer.message?.blocks ?? [])
}

test('the same tool with the same input counts, in messages and in the answer', () => {
  const make = call('Bash', { command: 'make' })
  expect(count([{ role: 'user', content: 'hello' }])).toBe(0)
  expect(count([said(make)])).toBe(1)
  expect(count([said(make, call('Bash', { command: 'make test' })), said(make)], [make])).toBe(3)
})

test('another input or tool is another call, whatever they are put together of', () => {
  expect(count([said(call('Read', { path: 'a' }), call('Read', { path: 'b' }), call('Write', { path: 'a' }))])).toBe(1)
  expect(count([said(call('A', '\n"x"'), call('A\n', 'x'))])).toBe(1)
})
