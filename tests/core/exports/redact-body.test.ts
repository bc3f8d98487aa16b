import * as fc from '../../fakes/seeded-check'
import { expect, test } from 'vitest'
import { redactBodies } from '../../../src-main/core/exports/redact-body'
import { createRedactor, fullRedaction } from '../../../src-main/core/transcript/redact'

function redacted(request: string | null, response: string | null = null) {
  return redactBodies(
    { request, response },
    createRedactor(fullRedaction([]), () => 0),
  )
}

test('JSON stays what it was but for what is taken out: its numbers, its order, its spaces', () => {
  const body =
    '{ "n" : 12345678901234567890.10, "a":["ada@example.com", {"x\\u0040y":"\\u0061da@example.com"}],"b":null }'
  expect(redacted(body).request).toBe(
    '{ "n" : 12345678901234567890.10, "a":["[mail address removed]", {"x\\u0040y":"[mail address removed]"}],"b":null }',
  )
})

test('whatever is called a password is one, and a number of tokens is none', () => {
  const body = JSON.stringify({ db_password: 'short', password: ['left'], max_tokens: 5, token: 'abc', tokens: 'few' })
  expect(JSON.parse(redacted(body).request!)).toEqual({
    db_password: '[secret removed]',
    password: ['left'],
    max_tokens: 5,
    token: '[secret removed]',
    tokens: 'few',
  })
})

test('JSON within a string, text that is no JSON, and nothing', () => {
  const inner = JSON.stringify({ text: 'from ada@example.com' })
  expect(JSON.parse(JSON.parse(redacted(JSON.stringify(inner)).request!) as string)).toEqual({
    text: 'from [mail address removed]',
  })
  expect(redacted('sorry, ada@example.com').request).toBe('sorry, [mail address removed]')
  expect(redacted(null)).toEqual({ request: null, response: null })
})

test('an answer in pieces is put together, so that nothing hides between two of them', () => {
  const pieces = ['write to ada@exa', 'mple.com now'].map((text) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text },
  }))
  const events = [
    { type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', content: [], usage: {} } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...pieces,
    { type: 'content_block_stop', index: 0 },
    { type: 'message_stop' },
  ]
  const { response } = redacted(null, JSON.stringify(events))
  expect(response).toContain('write to [mail address removed] now')
  expect(response).not.toContain('ada@')
})

test('bytes of a picture are left alone', () => {
  const data = `${'A'.repeat(1000)}AKIA0123456789ABCDEF`
  expect(redacted(JSON.stringify({ data })).request).toBe(JSON.stringify({ data }))
})

test('what has nothing to take out comes out as it went in', () => {
  fc.assert(
    fc.property(fc.json(), (body) => {
      expect(redacted(body).request).toBe(body)
    }),
  )
})
