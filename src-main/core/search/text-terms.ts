import { containsUnits, textUnits, type TextUnit } from './text-units'

/**
 * What an index keeps of a text: its words, and of scripts without spaces each pair of neighbours and each last
 * character, so that any run of them can be looked up.
 */
export function addTerms(terms: Set<string>, text: string): void {
  const units = textUnits(text)
  for (const [index, unit] of units.entries()) terms.add(termAt(units, index) ?? unit.text)
}

/** The pair that begins at a unit; undefined where no other character is joined to it. */
function termAt(units: readonly TextUnit[], index: number): string | undefined {
  const next = units[index + 1]
  return next?.isJoined ? units[index]!.text + next.text : undefined
}

export interface WantedTerms {
  /** All of them must be there. */
  exact: string[]
  /** A term must begin with each of these. */
  prefixes: string[]
  /** The terms may stand anywhere: whether they stand together shows the text alone. */
  needsText: boolean
}

/** What to look up for words that are looked for. */
export function wantedTerms(text: string, isPrefix: boolean): WantedTerms {
  const units = textUnits(text)
  const exact = new Set<string>()
  const prefixes = new Set<string>()
  // Of a word that is looked for twice in a row, a text may have one.
  let places = 0
  for (const [index, unit] of units.entries()) {
    const pair = termAt(units, index)
    const isLast = index === units.length - 1
    if (pair !== undefined) exact.add(pair)
    // The end of a run is in the pair before it.
    else if (unit.isJoined) continue
    // A single such character begins a pair or ends a run.
    else if (unit.isOwn || (isLast && isPrefix)) prefixes.add(unit.text)
    else exact.add(unit.text)
    places++
  }
  return { exact: [...exact], prefixes: [...prefixes], needsText: places > 1 }
}

/** Whether a text has the words as they were asked for. */
export function hasWords(text: string, wanted: readonly TextUnit[], isPrefix: boolean): boolean {
  return containsUnits(textUnits(text), wanted, isPrefix)
}
