/*
 * How text is cut for looking things up in it: words of letters and digits, without case and accents; in scripts that
 * write without spaces each character is a unit of its own. The same cut is made of what is looked for.
 */

export interface TextUnit {
  text: string
  /** A character of a script without spaces. */
  isOwn: boolean
  /** Right behind another such character. */
  isJoined: boolean
}

const unspaced =
  '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー'
const unit = new RegExp(`[${unspaced}]\\p{M}*|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}_])+`, 'gu')
const isUnspaced = new RegExp(`^[${unspaced}]`, 'u')
/** Accents of Latin, Greek and Cyrillic; marks of other scripts make other words. */
const accents = /[\u0300-\u036f]/g

/** Longer words are cut: nobody looks for the end of a key or of encoded bytes. */
const longestWord = 64

export function textUnits(text: string): TextUnit[] {
  const units: TextUnit[] = []
  let end = -1
  let wasUnspaced = false
  const folded = foldText(text)
  for (const { 0: found, index } of folded.matchAll(unit)) {
    const isOwn = isUnspaced.test(found)
    units.push({
      text: isOwn ? found : found.slice(0, longestWord),
      isOwn,
      isJoined: isOwn && wasUnspaced && index === end,
    })
    end = index + found.length
    wasUnspaced = isOwn
  }
  return units
}

/** Without case, accents and forms that look alike, so that what reads the same is the same. */
export function foldText(text: string): string {
  const lower = text.normalize('NFKD').replace(accents, '').toLowerCase()
  return lower.normalize('NFC').replaceAll('ß', 'ss').replaceAll('ς', 'σ')
}

/** Whether the units of `wanted` stand next to each other in `text`; the last may go on where it is a prefix. */
export function containsUnits(text: readonly TextUnit[], wanted: readonly TextUnit[], isPrefix: boolean): boolean {
  const last = wanted.length - 1
  return text.some(
    (_, start) =>
      start + last < text.length &&
      wanted.every(({ text: word }, index) => {
        const there = text[start + index]!.text
        return index === last && isPrefix ? there.startsWith(word) : there === word
      }),
  )
}
