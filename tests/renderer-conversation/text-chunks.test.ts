import * as fc from '../fakes/seeded-check'
import { expect, it } from 'vitest'
import { chunkText } from '../../src-renderer/conversation/text/text-chunks'

it('cuts a long text after line feeds', () => {
  const text = 'line of text\n'.repeat(100)
  const chunks = chunkText(text, 200)
  expect(chunks.length).toBeGreaterThan(5)
  expect(chunks.every((chunk) => chunk.text.endsWith('\n'))).toBe(true)
  expect(chunks[0]?.lines).toBe(16)
})

it('cuts a line that has no end, but never inside a character', () => {
  const chunks = chunkText('😀'.repeat(1000), 101)
  expect(chunks.length).toBeGreaterThan(10)
  expect(chunks.every((chunk) => !/^[\udc00-\udfff]|[\ud800-\udbff]$/.test(chunk.text))).toBe(true)
})

it('lets a word that has no end stand in small pieces, and what is before it apart', () => {
  const chunks = chunkText(`${'short words '.repeat(400)}${'A'.repeat(10_000)}`)
  expect(chunks[0]?.text).toBe('short words '.repeat(400))
  expect(chunks.slice(1).map((chunk) => chunk.text.length)).toEqual([2048, 2048, 2048, 2048, 1808])
})

it('gives pieces that make the text again', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', '\n', '😀'), maxLength: 300 }),
      fc.integer({ min: 2, max: 50 }),
      (text, size) => {
        expect(
          chunkText(text, size)
            .map((chunk) => chunk.text)
            .join(''),
        ).toBe(text)
      },
    ),
  )
})
