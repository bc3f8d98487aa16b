import { describe, expect, it } from 'vitest'
import { readCitation } from '../../src-renderer/conversation/blocks/citation'
import { lineDiff } from '../../src-renderer/conversation/blocks/tools/line-diff'
import { readNumberedLines } from '../../src-renderer/conversation/blocks/tools/numbered-lines'
import { drawnResultTexts, readResultDrawing } from '../../src-renderer/conversation/blocks/tools/result-drawing'
import { drawnTexts, readToolDrawing } from '../../src-renderer/conversation/blocks/tools/tool-drawing'
import { readAnsi, withoutColours } from '../../src-renderer/conversation/text/ansi-text'
import { subAgentRuns } from '../../src-renderer/conversation/thread/sub-agent-runs'
import { storyThread, threadOf } from './fixture-thread'
import { fixtureRow } from './fixture-rows'

const draw = (name: string, input: unknown) => readToolDrawing({ name, input })
const shown = (name: string, input: unknown) => {
  const drawing = draw(name, input)
  return drawing && { kind: drawing.kind, texts: drawnTexts(drawing).filter(Boolean), rest: drawing.rest }
}

describe('a tool call', () => {
  it.each([
    ['Bash', { command: 'ls', description: 'Look', timeout: 5 }, 'command', ['Look', 'ls'], { timeout: 5 }],
    ['bash_code_execution', { command: 'ls' }, 'command', ['ls'], {}],
    ['code_execution', { code: 'print(1)' }, 'command', ['print(1)'], {}],
    ['Read', { file_path: '/a.ts', offset: 5, limit: 10 }, 'read', ['/a.ts', 'lines 5 to 14'], {}],
    ['Write', { file_path: '/a.ts', content: 'x' }, 'write', ['/a.ts', 'x'], {}],
    [
      'Edit',
      { file_path: '/a', old_string: 'a\nb', new_string: 'a\nc', replace_all: true },
      'diff',
      ['/a', 'a', 'b', 'c'],
      {},
    ],
    ['MultiEdit', { file_path: '/a', edits: [{ old_string: 'a', new_string: '' }] }, 'diff', ['/a', 'a'], {}],
    ['str_replace_based_edit_tool', { command: 'str_replace', path: '/a', old_str: 'a' }, 'diff', ['/a', 'a'], {}],
    ['text_editor_code_execution', { command: 'create', path: '/a', file_text: 'b' }, 'write', ['/a', 'b'], {}],
    [
      'TodoWrite',
      { todos: [{ content: 'a', status: 'pending', activeForm: 'doing a' }] },
      'todos',
      ['a', 'doing a'],
      {},
    ],
    ['Grep', { pattern: 'x', path: '/', '-n': true }, 'search', ['x', '/'], { '-n': true }],
    ['Glob', { pattern: '**/*.ts' }, 'search', ['**/*.ts'], {}],
    ['web_search', { query: 'q' }, 'web', ['q'], {}],
    ['WebFetch', { url: 'https://a.example', prompt: 'p' }, 'web', ['https://a.example', 'p'], {}],
    ['Task', { subagent_type: 'Explore', description: 'd', prompt: 'p' }, 'task', ['Explore', 'd', 'p'], {}],
    ['ExitPlanMode', { plan: '# P' }, 'plan', ['# P'], {}],
  ])('%s is drawn for what it is, and every other input stays', (name, input, kind, texts, rest) => {
    expect(shown(name, input)).toEqual({ kind, texts, rest })
  })

  it.each([
    ['an unknown tool', 'get_weather', { city: 'Oslo' }],
    ['a name of every object', 'constructor', { command: 'ls' }],
    ['no object', 'Bash', 'ls'],
    ['an input of another type', 'Bash', { command: ['ls'] }],
    ['a list with something else in it', 'TodoWrite', { todos: [{ content: 'a', status: 'pending', owner: 'b' }] }],
    ['an edit with more fields', 'MultiEdit', { file_path: '/a', edits: [{ old_string: '', new_string: '', x: 1 }] }],
  ])('%s is shown by its fields', (_case, name, input) => {
    expect(draw(name, input)).toBeNull()
  })

  it('shows an optional field of another type among the rest', () => {
    expect(shown('Read', { file_path: '/a', offset: 'five' })?.rest).toEqual({ offset: 'five' })
    expect(shown('Bash', { command: 'ls', description: 7 })?.rest).toEqual({ description: 7 })
  })
})

describe('what a tool gave back', () => {
  it('is a file without its numbers where it was read, and what follows apart', () => {
    const text = '     1\tconst a = 1\n     2→\tindented\n\n<system-reminder>'
    const drawing = readResultDrawing(text, draw('Read', { file_path: '/a.ts' }))
    expect(drawing).toMatchObject({
      kind: 'numbered',
      numbered: { numbers: '1\n2', code: 'const a = 1\n\tindented', rest: '<system-reminder>' },
    })
    expect(drawnResultTexts(drawing)).toEqual(['const a = 1\n\tindented', '<system-reminder>'])
    expect(readNumberedLines('File does not exist.')).toBeNull()
  })

  it('is JSON only where it is, and only for a tool that nobody knows', () => {
    expect(readResultDrawing('{"a":1}', null)).toMatchObject({ kind: 'json', text: '{\n  "a": 1\n}' })
    expect(readResultDrawing('{"a":', null).kind).toBe('terminal')
    expect(readResultDrawing('17', null).kind).toBe('terminal')
    expect(readResultDrawing('{"a":1}', draw('Bash', { command: 'cat' })).kind).toBe('terminal')
  })
})

describe('a diff', () => {
  const diff = (before: string, after: string) =>
    lineDiff(before, after).map(({ change, text }) => ({ same: ' ', added: '+', dropped: '-' })[change] + text)
  it('keeps what both have, in order', () => {
    expect(diff('a\nb\nc', 'a\nx\nc')).toEqual([' a', '-b', '+x', ' c'])
    expect(diff('a\nb\nc\nd', 'b\nd\ne')).toEqual(['-a', ' b', '-c', ' d', '+e'])
    expect(diff('', 'a\nb')).toEqual(['+a', '+b'])
    expect(diff('a', '')).toEqual(['-a'])
    expect(diff('a', 'a')).toEqual([' a'])
  })

  it('gives both texts back, whatever they are', () => {
    const words = ['a', 'b', 'c', '']
    for (let seed = 1; seed < 400; seed++) {
      const text = (from: number) =>
        Array.from({ length: from % 7 }, (_, at) => words[(from * (at + 3)) % words.length]).join('\n')
      const [before, after] = [text(seed), text(seed * 31 + 5)]
      const lines = lineDiff(before, after)
      const side = (other: string) => lines.flatMap((line) => (line.change === other ? [] : [line.text])).join('\n')
      expect([side('added'), side('dropped')]).toEqual([before, after])
    }
  })

  it('does not compare texts of many thousand lines', () => {
    const many = (letter: string) => Array.from({ length: 5000 }, (_, at) => `${letter}${at}`).join('\n')
    expect(lineDiff(many('a'), many('b'))).toHaveLength(10_000)
  })
})

describe('the output of a terminal', () => {
  it('has its colours as classes, and every other escape in its text', () => {
    expect(readAnsi('\x1b[1;31mFAIL\x1b[0m a\x1b[2Kb \x1b[38;5;2mok\x1b[39m')).toEqual([
      { text: 'FAIL', classes: 'ansi-red font-semibold' },
      { text: ' a\x1b[2Kb ', classes: '' },
      { text: 'ok', classes: 'ansi-green' },
    ])
    expect(withoutColours('\x1b[31mred\x1b]8;;https://x\x07')).toBe('red\x1b]8;;https://x\x07')
  })

  it('cannot hide a text: not by "hidden", and not by a ground of its own colour', () => {
    expect(readAnsi('\x1b[8mhidden\x1b[30;40mblack\x1b[38;2;0;0;0mtrue')).toEqual([
      { text: 'hidden', classes: '' },
      { text: 'blacktrue', classes: 'ansi-black' },
    ])
  })
})

describe('a citation', () => {
  it('says what is quoted, from where, and where there', () => {
    expect(
      readCitation({
        type: 'page_location',
        cited_text: 'q',
        document_title: 'Lease',
        document_index: 0,
        start_page_number: 3,
        end_page_number: 6,
      }),
    ).toEqual({ quote: 'q', title: 'Lease', address: '', place: 'pages 3 to 5', rest: { document_index: 0 } })
    expect(readCitation({ type: 'char_location', start_char_index: 0, end_char_index: 1 }).place).toBe('character 1')
    expect(readCitation({ url: 'https://a.example', title: null }).address).toBe('https://a.example')
    expect(readCitation('odd').rest).toEqual({ citation: 'odd' })
    expect(readCitation({ title: 7 }).rest).toEqual({ title: 7 })
  })
})

describe('the sub-agent of a tool call', () => {
  it('is found by the call, with all of its requests and what they cost', () => {
    const { thread, subAgent, subAgentNext } = storyThread()
    const at = thread.requests.find(({ row }) => row.id === subAgent.id)
    expect(at?.toolUseId).toBeTruthy()
    const run = subAgentRuns(thread.requests).get(at?.toolUseId ?? '')
    expect(run?.turns.map(({ row }) => row.id)).toEqual([subAgent.id, subAgentNext.id])
    expect(run).toMatchObject({ requests: 2, errors: 0, unpriced: 0, elapsedMs: 30_000 + 4210 })
  })

  it('ends where the next one begins', () => {
    const row = (costUsd: number) => fixtureRow({ costUsd })
    const agent = (toolUseId: string) => ({
      row: row(1),
      kind: 'sub-agent' as const,
      toolUseId,
      depth: 1,
      branch: toolUseId,
    })
    const turn = (branch: string, depth: number) => ({ row: row(2), kind: 'turn' as const, depth, branch })
    const { requests } = threadOf([
      { row: row(9) },
      agent('a'),
      turn('a', 1),
      turn('x', 2),
      agent('b'),
      turn('main', 0),
    ])
    const runs = subAgentRuns(requests)
    expect([runs.get('a'), runs.get('b')]).toMatchObject([
      { requests: 3, costUsd: 5 },
      { requests: 1, costUsd: 1 },
    ])
  })
})
