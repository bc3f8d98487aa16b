import { expect, test } from 'vitest'
import { redactDetails, redactText } from '../../src-main/security/redact'

const known = ['canary-8f3a', 'p@ss"w/rd']

test.each([
  ['connecting with canary-8f3a now', 'connecting with [secret] now'],
  ['twice canary-8f3acanary-8f3a', 'twice [secret][secret]'],
  ['?x=p%40ss%22w%2Frd&y=1', '?x=[secret]&y=1'],
  ['{"value":"p@ss\\"w/rd"}', '{"value":"[secret]"}'],
  ['postgresql://ann:hunter2@db:5432/x', 'postgresql://ann:[secret]@db:5432/x'],
  ['postgres://ann:a@b@db/x and http://u:p@h/', 'postgres://ann:[secret]@db/x and http://u:[secret]@h/'],
  ['X-Dashboard-Key: abc def\nnext', 'X-Dashboard-Key: [secret]\nnext'],
  ['Cookie: dashboard_auth=zzz', 'Cookie: [secret]'],
  ['GET /dashboard/login?token=abcdef HTTP', 'GET /dashboard/login?token=[secret] HTTP'],
  ['key sk-ant-api03-Zz_9-a is old', 'key [secret] is old'],
  ['nothing to hide: 3 tokens of acme.com', 'nothing to hide: 3 tokens of acme.com'],
])('%j is logged as %j', (text, clean) => {
  expect(redactText(text, known)).toBe(clean)
})

test('a known secret of three characters does not shred the line', () => {
  expect(redactText('abc is the alphabet', ['abc', ''])).toBe('abc is the alphabet')
})

test('fields that are named like a secret lose their value, whatever it is', () => {
  const details = {
    password: 'a',
    databasePassword: { deep: 1 },
    apiKey: 12,
    DASHBOARD_API_KEY: 'b',
    'X-Dashboard-Key': 'c',
    accessToken: ['d'],
    inputTokens: 5,
    key: 'e',
    monkey: 'fine',
    hasPassword: true,
  }
  expect(redactDetails(details)).toEqual({
    password: '[secret]',
    databasePassword: '[secret]',
    apiKey: '[secret]',
    DASHBOARD_API_KEY: '[secret]',
    'X-Dashboard-Key': '[secret]',
    accessToken: '[secret]',
    inputTokens: 5,
    key: '[secret]',
    monkey: 'fine',
    hasPassword: true,
  })
})

test('errors with causes, loops and deep nesting are cleaned and written, and nothing throws', () => {
  const loop: Record<string, unknown> = { note: 'canary-8f3a' }
  loop['self'] = loop
  const cause = Object.assign(new Error('wrong password for canary-8f3a'), { code: '28P01', password: 'x' })
  const details = { error: new Error('failed', { cause }), loop, big: 10n, run: () => 1, when: new Date(0) }
  const text = JSON.stringify(redactDetails(details, known))
  expect(text).not.toContain('canary-8f3a')
  expect(text).toContain('28P01')
  expect(text).toContain('1970-01-01')
  expect(JSON.parse(text)).toMatchObject({ big: '10', run: '[function]', loop: { self: '[left out]' } })
})
