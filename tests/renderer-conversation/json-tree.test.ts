import { describe, expect, it } from 'vitest'
import { JsonTree } from '../../src-renderer/conversation/raw/json-tree'
import { markMatches } from '../../src-renderer/conversation/raw/mark-matches'

const body = {
  model: 'claude',
  messages: [
    { role: 'user', content: [{ type: 'text', text: 'first line\nthe needle\nthird line' }] },
    { role: 'assistant', content: [] },
  ],
  'odd key': null,
  max_tokens: 10,
}
const open = (value: unknown = body) => new JsonTree(JSON.stringify(value))
const keys = (tree: JsonTree) => tree.slice(0, 1000).map((row) => row.key)

describe('the tree of a stored JSON text', () => {
  it('begins with the members of the root', () => {
    expect(keys(open())).toEqual([null, 'model', 'messages', 'odd key', 'max_tokens'])
  })

  it('unfolds and folds one row, with everything below it', () => {
    const tree = open()
    tree.toggle(2)
    tree.toggle(3)
    expect(keys(tree)).toEqual([null, 'model', 'messages', 0, 'role', 'content', 1, 'odd key', 'max_tokens'])
    tree.toggle(2)
    expect(tree.rowCount).toBe(5)
  })

  it('unfolds a long text into its lines', () => {
    const tree = open({ text: 'one\ntwo\nthree' })
    expect(tree.slice(1, 1)[0]).toMatchObject({ kind: 'string', childCount: 3, isOpen: false })
    tree.toggle(1)
    expect(tree.slice(2, 3).map((row) => row.preview)).toEqual(['one', 'two', 'three'])
  })

  it('tells the path and the whole value of a row', () => {
    const tree = open()
    tree.openAll()
    const rows = tree.slice(0, tree.rowCount)
    const text = rows.findIndex((row) => row.key === 'text')
    expect(tree.path(text)).toBe('messages[0].content[0].text')
    expect(tree.text(text)).toBe('first line\nthe needle\nthird line')
    expect(tree.path(rows.findIndex((row) => row.key === 'odd key'))).toBe('["odd key"]')
    expect(JSON.parse(tree.text(0))).toEqual(body)
  })

  it('finds names and values that are folded away, and shows the line', () => {
    const tree = open()
    expect(tree.search('NEEDLE')).toBe(1)
    const row = tree.reveal(0)
    expect(tree.slice(row, 1)[0]).toMatchObject({ kind: 'text-line', preview: 'the needle' })
    expect(tree.path(row)).toBe('messages[0].content[0].text')
    expect(tree.search('role')).toBe(2)
    expect(tree.path(tree.reveal(1))).toBe('messages[1].role')
    expect(tree.search('')).toBe(0)
    expect(tree.reveal(0)).toBe(-1)
  })

  it('holds an array of 300,000 items and a nesting of 5,000', () => {
    const wide = open({ items: Array.from({ length: 300_000 }, (_, index) => index) })
    wide.toggle(1)
    expect(wide.rowCount).toBe(300_002)
    expect(wide.slice(300_001, 1)[0]?.preview).toBe('299999')
    wide.openAll()
    wide.closeAll()
    expect(wide.rowCount).toBe(2)

    const deep = new JsonTree('['.repeat(5000) + ']'.repeat(5000))
    deep.openAll()
    expect(deep.rowCount).toBe(5000)
  })

  it('refuses what is no JSON', () => {
    expect(() => new JsonTree('event: message_start\ndata: {}')).toThrow(SyntaxError)
  })
})

describe('matches in a line', () => {
  it('are marked whatever their case', () => {
    expect(markMatches('Bash bash', 'BASH')).toEqual([
      { text: 'Bash', isMatch: true },
      { text: ' ', isMatch: false },
      { text: 'bash', isMatch: true },
    ])
  })

  it('leave a line without one whole', () => {
    expect(markMatches('abc', 'x')).toEqual([{ text: 'abc', isMatch: false }])
    expect(markMatches('', '')).toEqual([{ text: '', isMatch: false }])
  })
})
