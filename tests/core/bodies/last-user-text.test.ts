import { describe, expect, test } from 'vitest'
import { lastUserText, lastUserTextOf, withoutReminders } from '../../../src-main/core/bodies/last-user-text'

const reminder = '<system-reminder>\nThe file changed.\n</system-reminder>'

function user(...content: unknown[]) {
  return { role: 'user', content }
}

const text = (value: string) => ({ type: 'text', text: value })
const toolResult = { type: 'tool_result', tool_use_id: 't', content: 'a long listing' }

describe('the last words of the user', () => {
  test.each<[string, unknown[], string]>([
    ['of a string', [{ role: 'user', content: ' Hello\n\n  there\t! ' }], 'Hello there !'],
    ['of blocks', [user(text('First.'), text('Second.'))], 'First. Second.'],
    [
      'leave out tool results',
      [user(text('Run it')), { role: 'assistant', content: 'ok' }, user(toolResult)],
      'Run it',
    ],
    ['leave out reminders', [user(text(reminder), text(`Now this ${reminder}`))], 'Now this'],
    ['go back where there is a reminder alone', [user(text('Earlier')), user(text(reminder), toolResult)], 'Earlier'],
    ['leave out what the assistant and the system said', [user(text('Me')), { role: 'system', content: 'It' }], 'Me'],
    ['are none without text', [user(toolResult), user({ type: 'image' })], ''],
    ['are none without messages', [], ''],
    ['skip what is no message', [user(text('Here')), null, 5, { role: 'user' }], 'Here'],
    ['lose control characters', [user(text('a\u0000b\u001b[31mc'))], 'a b [31mc'],
  ])('%s', (_, messages, line) => {
    expect(lastUserText(JSON.stringify({ messages }))).toBe(line)
    expect(lastUserTextOf(messages)).toBe(line)
  })

  test('are cut to 200 characters, between characters', () => {
    const line = lastUserText(JSON.stringify({ messages: [user(text('😀'.repeat(300)))] }))
    expect(line.length).toBeLessThanOrEqual(200)
    expect(line).toBe(`${'😀'.repeat(99)}…`)
    expect(lastUserTextOf([user(text('x'.repeat(200)))])).toBe('x'.repeat(200))
  })

  test('are found in JSON inside a JSON string', () => {
    expect(lastUserText(JSON.stringify(JSON.stringify({ messages: [user(text('Hi'))] })))).toBe('Hi')
  })

  test.each(['', 'null', '[]', '{"messages": "x"}', '{"messages": [{"role": "user", "content": "cut he', '5'])(
    'are none in what is no request: %j',
    (body) => {
      expect(lastUserText(body)).toBe('')
    },
  )

  test('are found past a page of white space', () => {
    expect(lastUserTextOf([user(text(`${' '.repeat(10_000)}There`))])).toBe('There')
  })
})

describe('reminders', () => {
  test('go, however they are written, and a tag that is never closed stays', () => {
    expect(withoutReminders('a<SYSTEM-REMINDER>b</System-Reminder>c')).toBe('ac')
    expect(withoutReminders(`${reminder}${reminder}x`)).toBe('x')
    expect(withoutReminders('a<system-reminder>b')).toBe('a<system-reminder>b')
    expect(withoutReminders('a</system-reminder>b')).toBe('a</system-reminder>b')
    expect(withoutReminders('<system-reminder>a<system-reminder>b</system-reminder>c')).toBe('c')
  })

  test('by the hundred thousand are read in one pass', () => {
    const open = '<system-reminder>'.repeat(200_000)
    expect(withoutReminders(open)).toBe(open)
  })
})
