import { describe, expect, test } from 'vitest'
import { assignHues, hueCount, type HueBook } from '../../src-renderer/charts/hue-book'

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`)

describe('hues of models and domains', () => {
  test('the first eight get one each', () => {
    const book = assignHues({}, names('m', 12), 1)
    expect(Object.keys(book)).toEqual(names('m', hueCount))
    expect(new Set(Object.values(book).map(({ hue }) => hue)).size).toBe(hueCount)
  })

  test('a name keeps its hue when others come and the order changes', () => {
    const first = assignHues({}, ['a', 'b', 'c'], 1)
    const second = assignHues(first, ['d', 'c', 'a'], 2)
    expect(second.a!.hue).toBe(first.a!.hue)
    expect(second.c!.hue).toBe(first.c!.hue)
    expect(second.b!.hue).toBe(first.b!.hue)
    expect(second.d!.hue).not.toBe(second.b!.hue)
  })

  test('when all are taken, the one unseen for longest gives its hue up', () => {
    let book: HueBook = assignHues({}, names('m', hueCount), 1)
    book = assignHues(book, ['m0', ...names('m', hueCount).slice(2)], 2)
    const next = assignHues(book, [...names('m', hueCount).slice(2), 'new'], 3)
    expect(next.m1).toBeUndefined()
    expect(next.new!.hue).toBe(book.m1!.hue)
    expect(next.m0!.hue).toBe(book.m0!.hue)
  })

  test('what is on screen never loses its hue, so the ninth stays grey', () => {
    const shown = names('m', hueCount)
    const book = assignHues(assignHues({}, shown, 1), [...shown, 'ninth'], 2)
    expect(book.ninth).toBeUndefined()
  })
})
