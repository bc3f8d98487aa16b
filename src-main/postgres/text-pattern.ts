/*
 * Words as a pattern of PostgreSQL, so that the server can leave out texts that cannot have them. It fits every text
 * that has the words as `core/search/text-units` cuts and folds them, and some others: those are read and told apart
 * here. Made of letters and escapes alone, so that it can be bound in any encoding.
 */
import type { TextCondition } from '../core/search/query'
import { foldText, textUnits } from '../core/search/text-units'

/** A word that begins like this is rare enough. */
const longestWord = 12

/** A regular expression for `~`, which minds case. */
export function wordsPattern({ text }: Pick<TextCondition, 'text'>, isUtf8: boolean): string {
  const words: string[] = []
  for (const unit of textUnits(text)) {
    if (unit.isJoined) words[words.length - 1] += unit.text
    else words.push(unit.text)
  }
  return words.map((word) => wordPattern(Array.from(word).slice(0, longestWord), isUtf8)).join('.*')
}

/** A pattern for `ILIKE`, which an index over trigrams answers: the words as they are written. */
export function likePattern({ text }: Pick<TextCondition, 'text'>): string {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}_]+/gu) ?? []
  return `%${words.map((word) => word.replaceAll('_', '\\_')).join('%')}%`
}

/**
 * Texts in which words may stand in another form: letters as escapes of JSON, control characters left out, and answers
 * that were stored as the pieces that they came in.
 */
export const hiddenWords =
  '\\\\u(?:[1-9a-fA-F][0-9a-fA-F]{3}|0[1-9a-fA-F][0-9a-fA-F]{2}|00[2-9a-fA-F][0-9a-fA-F])|content_block_delta'

const marks = '[\\u0300-\\u036f]*'
const notAscii = '[^\\x01-\\x7f]'

function wordPattern(letters: readonly string[], isUtf8: boolean): string {
  if (!isUtf8) {
    return letters
      .map((letter) => (isPlain(letter) ? `(?:${oneOf([letter, letter.toUpperCase()])}|${notAscii}+)` : `${notAscii}+`))
      .join('')
  }
  const { single, several } = (known ??= readForms())
  // Each place where one sign stands for several letters doubles the rest of the pattern.
  let places = 0

  function from(at: number): string {
    if (at >= letters.length) return ''
    const letter = letters[at]!
    const rest = letters.slice(at).join('')
    const joined = places > 2 ? [] : [...several].filter(([said]) => rest.startsWith(said) || said.startsWith(rest))
    if (joined.length > 0) places++
    const ways = [
      `${oneOf([letter, ...(single.get(letter) ?? [])])}${marks}${from(at + 1)}`,
      ...joined.map(([said, signs]) => `${oneOf(signs)}${marks}${from(at + Array.from(said).length)}`),
    ]
    return ways.length === 1 ? ways[0]! : `(?:${ways.join('|')})`
  }
  return from(0)
}

interface Forms {
  /** Other signs for a letter: its capital, with accents, as a figure of mathematics. */
  single: Map<string, string[]>
  /** Signs that stand for several letters, as ß and ligatures. */
  several: Map<string, string[]>
}
let known: Forms | undefined

const lastPoint = 0x1ffff

function readForms(): Forms {
  const single = new Map<string, string[]>()
  const several = new Map<string, string[]>()
  for (let point = 0x41; point <= lastPoint; point++) {
    // Half of a pair, and the scripts whose signs fold to nothing but themselves.
    if (point >= 0xd800 && point <= 0xdfff) continue
    const sign = String.fromCodePoint(point)
    const said = foldText(sign)
    if (said === sign || !/^[\p{L}\p{N}_]+$/u.test(said)) continue
    const forms = Array.from(said).length === 1 ? single : several
    forms.set(said, [...(forms.get(said) ?? []), sign])
  }
  return { single, several }
}

function isPlain(letter: string): boolean {
  return letter.charCodeAt(0) < 0x80
}

function oneOf(signs: readonly string[]): string {
  return `[${signs.map(escaped).join('')}]`
}

function escaped(sign: string): string {
  if (sign.length === 1 && isPlain(sign)) return sign
  return Array.from(sign)
    .map((each) => {
      const point = each.codePointAt(0)!
      return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`
    })
    .join('')
}
