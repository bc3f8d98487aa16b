/** A stretch of plain text, or one character that would act or hide instead of being seen. */
export type TextPart = { kind: 'text'; text: string } | { kind: 'hidden'; label: string; name: string; text: string }

const named: Record<number, [label: string, name: string]> = {
  0x1b: ['ESC', 'ESCAPE'],
  0x061c: ['ALM', 'ARABIC LETTER MARK'],
  0x115f: ['HCF', 'HANGUL CHOSEONG FILLER'],
  0x1160: ['HJF', 'HANGUL JUNGSEONG FILLER'],
  0x180e: ['MVS', 'MONGOLIAN VOWEL SEPARATOR'],
  0x200b: ['ZWSP', 'ZERO WIDTH SPACE'],
  0x200c: ['ZWNJ', 'ZERO WIDTH NON-JOINER'],
  0x200d: ['ZWJ', 'ZERO WIDTH JOINER'],
  0x200e: ['LRM', 'LEFT-TO-RIGHT MARK'],
  0x200f: ['RLM', 'RIGHT-TO-LEFT MARK'],
  0x2028: ['LS', 'LINE SEPARATOR'],
  0x2029: ['PS', 'PARAGRAPH SEPARATOR'],
  0x202a: ['LRE', 'LEFT-TO-RIGHT EMBEDDING'],
  0x202b: ['RLE', 'RIGHT-TO-LEFT EMBEDDING'],
  0x202c: ['PDF', 'POP DIRECTIONAL FORMATTING'],
  0x202d: ['LRO', 'LEFT-TO-RIGHT OVERRIDE'],
  0x202e: ['RLO', 'RIGHT-TO-LEFT OVERRIDE'],
  0x2060: ['WJ', 'WORD JOINER'],
  0x2066: ['LRI', 'LEFT-TO-RIGHT ISOLATE'],
  0x2067: ['RLI', 'RIGHT-TO-LEFT ISOLATE'],
  0x2068: ['FSI', 'FIRST STRONG ISOLATE'],
  0x2069: ['PDI', 'POP DIRECTIONAL ISOLATE'],
  0x3164: ['HF', 'HANGUL FILLER'],
  0xfeff: ['BOM', 'ZERO WIDTH NO-BREAK SPACE'],
  0xffa0: ['HHF', 'HALFWIDTH HANGUL FILLER'],
}

// Controls but tab, line feed and carriage return; invisible operators; tags (they can carry a whole hidden prompt);
// and variation selectors in a row, which can do the same.
const suspect =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0]|[\u{e0000}-\u{e007f}]+|(?:[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]){2,}/gu

/** True when nothing in the text acts or hides, so it can be shown as it is. */
export function isPlainText(text: string): boolean {
  // Not `test`: it would leave its place in the expression, and the next search would begin there.
  return text.search(suspect) === -1
}

/**
 * The text cut at each control, bidirectional or zero-width character, so that a view can show those as labels.
 * Joiners stay part of the text after a non-ASCII character: emoji, Persian and Indic scripts need them.
 */
export function splitHiddenCharacters(text: string): TextPart[] {
  const parts: TextPart[] = []
  let start = 0
  for (const match of text.matchAll(suspect)) {
    const found = match[0]
    const isJoiner = found === '\u200c' || found === '\u200d'
    if (isJoiner && match.index > 0 && text.charCodeAt(match.index - 1) > 0x7f) continue
    if (match.index > start) parts.push({ kind: 'text', text: text.slice(start, match.index) })
    parts.push(hiddenPart(found))
    start = match.index + found.length
  }
  if (start < text.length) parts.push({ kind: 'text', text: text.slice(start) })
  return parts
}

function hiddenPart(found: string): TextPart {
  const code = found.codePointAt(0) ?? 0
  if (code >= 0xe0000 && code <= 0xe007f) {
    const spelled = [...found].map((each) => String.fromCharCode((each.codePointAt(0) ?? 0) - 0xe0000)).join('')
    return {
      kind: 'hidden',
      label: `TAG ${spelled.replace(/[^ -~]/g, '·')}`,
      name: 'Hidden tag characters',
      text: found,
    }
  }
  if ([...found].length > 1) {
    return { kind: 'hidden', label: `VS ×${[...found].length}`, name: 'Hidden variation selectors', text: found }
  }
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  const [label, name] = named[code] ?? [hex, 'Control character']
  return { kind: 'hidden', label, name: `U+${hex} ${name}`, text: found }
}
