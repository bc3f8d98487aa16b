/** A stretch of a terminal's output that looks the same; `classes` '' is plain. */
export interface AnsiRun {
  text: string
  classes: string
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']
// eslint-disable-next-line no-control-regex
const colourSequence = /\x1b\[([\d;]{0,64})m/g

interface Style {
  colour: string | null
  isBold: boolean
  isFaint: boolean
  isItalic: boolean
  isUnderlined: boolean
}
const plain: Style = { colour: null, isBold: false, isFaint: false, isItalic: false, isUnderlined: false }

/**
 * Output of a terminal with its colours as classes. Only colour sequences are taken out; every other escape stays in
 * the text, to be shown as one. Backgrounds and "hidden" are not followed, so that no text can be made invisible.
 */
export function readAnsi(text: string): AnsiRun[] {
  const runs: AnsiRun[] = []
  let style = plain
  let start = 0
  const add = (piece: string): void => {
    if (piece === '') return
    const classes = toClasses(style)
    const last = runs.at(-1)
    if (last?.classes === classes) last.text += piece
    else runs.push({ text: piece, classes })
  }
  for (const match of text.matchAll(colourSequence)) {
    add(text.slice(start, match.index))
    style = apply(style, match[1] ?? '')
    start = match.index + match[0].length
  }
  add(text.slice(start))
  return runs
}

/** The text as it reads: without its colour sequences. */
export function withoutColours(text: string): string {
  return text.replace(colourSequence, '')
}

function apply(former: Style, codes: string): Style {
  const numbers = codes.split(';').map(Number)
  let style = former
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0
    if (code === 0) style = plain
    else if (code === 1) style = { ...style, isBold: true }
    else if (code === 2) style = { ...style, isFaint: true }
    else if (code === 3) style = { ...style, isItalic: true }
    else if (code === 4) style = { ...style, isUnderlined: true }
    else if (code === 22) style = { ...style, isBold: false, isFaint: false }
    else if (code === 23) style = { ...style, isItalic: false }
    else if (code === 24) style = { ...style, isUnderlined: false }
    else if (code === 39) style = { ...style, colour: null }
    else if (code >= 30 && code <= 37) style = { ...style, colour: names[code - 30] ?? null }
    else if (code >= 90 && code <= 97) style = { ...style, colour: names[code - 90] ?? null }
    else if (code === 38 || code === 48) {
      const isIndexed = numbers[at + 1] === 5
      if (code === 38 && isIndexed) style = { ...style, colour: indexedColour(numbers[at + 2] ?? 0) }
      at += isIndexed ? 2 : 4
    }
  }
  return style
}

/** Of the 256 colours only the first sixteen have names; the rest is shown plain. */
function indexedColour(index: number): string | null {
  return index < 16 ? (names[index % 8] ?? null) : null
}

function toClasses({ colour, isBold, isFaint, isItalic, isUnderlined }: Style): string {
  return [
    colour && `ansi-${colour}`,
    isBold && 'font-semibold',
    isFaint && 'text-ink-faint',
    isItalic && 'italic',
    isUnderlined && 'underline',
  ]
    .filter(Boolean)
    .join(' ')
}
