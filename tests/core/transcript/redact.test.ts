import { describe, expect, test } from 'vitest'
import type { Redaction } from '../../../src-main/contract/transcripts'
import { createRedactor } from '../../../src-main/core/transcript/redact'

const all: Redaction = { secrets: true, mail: true, homePaths: true, patterns: [] }
const none: Redaction = { secrets: false, mail: false, homePaths: false, patterns: [] }
const redact = (text: string, choice = all) => createRedactor(choice, () => 0).redact(text)
const own = (pattern: string, text: string) => redact(text, { ...none, patterns: [pattern] })

describe('what is taken out', () => {
  test.each([
    ['key sk-ant-api03-abcdefghijklmnop_QR', 'key [secret removed]'],
    ['AKIAIOSFODNN7EXAMPLE.', '[secret removed].'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123', '[secret removed]'],
    ['Authorization: Bearer abc.def-ghi_jkl', 'Authorization: Bearer [secret removed]'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc', '[secret removed]'],
    ['postgres://me:hunter22@db.example/x', 'postgres://me:[secret removed]@db.example/x'],
    ['{"password": "hunter22!"}', '{"password": "[secret removed]"}'],
    ['API_KEY=abcdef123', 'API_KEY=[secret removed]'],
    ['a\n-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nb', 'a\n[secret removed]\nb'],
    ['write to ada.l+x@mail.example.org now', 'write to [mail address removed] now'],
    ['/home/ada/src and /Users/ada/x', '/home/[user]/src and /Users/[user]/x'],
    ['C:\\Users\\ada\\x', 'C:\\Users\\[user]\\x'],
    ['{"p":"C:\\\\Users\\\\ada\\\\x"}', '{"p":"C:\\\\Users\\\\[user]\\\\x"}'],
  ])('%j', (text, expected) => {
    expect(redact(text)).toBe(expected)
    expect(redact(text, none)).toBe(text)
  })

  test.each(['a task-list about skis', 'the token is short', '@vue/core', '12:30@noon', '/usr/home', 'homepage'])(
    'not %j',
    (text) => expect(redact(text)).toBe(text),
  )

  test('is told: each text once, with how often it stood there', () => {
    const redactor = createRedactor({ ...all, patterns: ['PLAT-\\d+'] }, () => 0)
    const value = {
      kind: 'text',
      text: 'a@b.example a@b.example PLAT-12',
      'c@d.example': [7, null, { deep: '/home/ada' }],
    }
    expect(redactor.redactValue(value)).toEqual({
      kind: 'text',
      text: '[mail address removed] [mail address removed] [removed]',
      '[mail address removed]': [7, null, { deep: '/home/[user]' }],
    })
    expect(redactor.removed()).toEqual([
      { kind: 'mail', text: 'a@b.example', count: 2 },
      { kind: 'own', text: 'PLAT-12', count: 1 },
      { kind: 'mail', text: 'c@d.example', count: 1 },
      { kind: 'home-path', text: 'ada', count: 1 },
    ])
    expect(redactor.total()).toBe(5)
  })

  test('leaves the words of the form and pictures whole, but nothing that only looks like them', () => {
    const redactor = createRedactor({ ...none, patterns: ['text', 'AAAA'] }, () => 0)
    expect(redactor.redactValue({ kind: 'text', text: 'text' })).toEqual({ kind: 'text', '[removed]': '[removed]' })
    expect(redactor.redactValue({ kind: 'image', data: 'AAAAB' })).toEqual({ kind: 'image', data: 'AAAAB' })
    expect(redactor.redactValue({ kind: 'image', data: 'AAAA-' }).data).toBe('[removed]-')
    expect(redactor.redactValue({ kind: 'my text' }).kind).toBe('my [removed]')
  })
})

describe('a pattern of the user', () => {
  test('is found in every line, also far behind in an enormous one', () => {
    expect(own('ACME-\\d{3}', 'ACME-123\nxACME-4567')).toBe('[removed]\nx[removed]7')
    const long = `${'x'.repeat(798)}ACME-123${'y'.repeat(9000)}ACME-456`
    expect(own('ACME-\\d{3}', long)).toBe(`${'x'.repeat(798)}[removed]${'y'.repeat(9000)}[removed]`)
  })

  test.each([
    ['(a+)+$', 'repeats a group'],
    ['(a|aa)+$', 'repeats a group'],
    ['((a+))*b', 'repeats a group'],
    ['(a)\\1', 'refers back'],
    ['(?=a)b', 'looks around'],
    ['(?<name>a)', 'looks around'],
    ['.*.*.*x', 'more than two parts'],
    ['(a', 'is no regular expression'],
    ['a*', 'fits an empty text'],
  ])('%j is refused: it %s', (pattern, why) => {
    expect(() => own(pattern, 'x')).toThrow(why)
  })

  test('is given up where all of them together take too long', () => {
    let nowMs = 0
    let asked = 0
    const redactor = createRedactor({ ...none, patterns: ['a+x'] }, () => {
      asked++
      return (nowMs += 100)
    })
    expect(() => redactor.redact(`${'a'.repeat(400)}\n`.repeat(3000))).toThrow('Your patterns take too long')
    expect(asked).toBeLessThan(100)
  })
})
