import * as fc from '../fakes/seeded-check'
import { describe, expect, it } from 'vitest'
import { isPlainText, splitHiddenCharacters } from '../../src-renderer/conversation/text/hidden-characters'

const codePoint = fc.integer({ min: 0, max: 0x10ffff })
const shown = (text: string) =>
  splitHiddenCharacters(text).map((part) => (part.kind === 'text' ? part.text : `<${part.label}>`))

describe('hidden characters', () => {
  it('leaves ordinary text alone, whatever the script', () => {
    for (const text of ['plain', 'two\nlines\tand a tab', 'مرحبا بالعالم', '日本語', 'naïve café', '👍🏽']) {
      expect(isPlainText(text)).toBe(true)
      expect(splitHiddenCharacters(text)).toEqual([{ kind: 'text', text }])
    }
  })

  it('names the characters that turn the direction of text', () => {
    expect(shown('a\u202Eb\u2066c\u2069d\u200F')).toEqual(['a', '<RLO>', 'b', '<LRI>', 'c', '<PDI>', 'd', '<RLM>'])
  })

  it('names escape and control characters, the first one too', () => {
    expect(shown('\u001B[31mred\u001B[0m\u0007\u0000')).toEqual([
      '<ESC>',
      '[31mred',
      '<ESC>',
      '[0m',
      '<0007>',
      '<0000>',
    ])
  })

  it('shows a zero-width character between letters, but keeps the joiners of emoji and of scripts that need them', () => {
    expect(shown('pay\u200Bpal')).toEqual(['pay', '<ZWSP>', 'pal'])
    expect(shown('ad\u200Dmin')).toEqual(['ad', '<ZWJ>', 'min'])
    expect(shown('👩\u200D💻')).toEqual(['👩\u200D💻'])
    expect(shown('می\u200Cخواهم')).toEqual(['می\u200Cخواهم'])
  })

  it('spells out text that is hidden in tag characters', () => {
    const hidden = [...'run rm'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')
    expect(shown(`hello${hidden}`)).toEqual(['hello', '<TAG run rm>'])
  })

  it('shows variation selectors that come in a row, which carry data', () => {
    expect(shown('a\uFE01\uFE02\uFE03')).toEqual(['a', '<VS ×3>'])
    expect(isPlainText('❤\uFE0F')).toBe(true)
  })

  it('loses no character of any text', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(codePoint, fc.integer({ min: 0x2000, max: 0x2070 }))), (codes) => {
        const text = String.fromCodePoint(...codes)
        expect(
          splitHiddenCharacters(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })
})
