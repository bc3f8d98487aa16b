import { Failure } from '../failure'

/** A match is looked for within this many characters of one line. */
const windowLength = 1000
/** No match is longer, so that none is lost between two windows. */
const longestMatch = 200

/**
 * A user's regular expression, of a kind whose time is bounded: no references back, no looking around, nothing
 * unbounded within a repeated group, and at most two unbounded parts. Throws `invalid-input` with what is wrong.
 */
export function compileOwnPattern(source: string): RegExp {
  const refuse = (why: string): never => {
    throw new Failure('invalid-input', {
      message: `The pattern ${JSON.stringify(source)} ${why}.`,
      hint: 'Use letters, character sets and simple repetitions.',
    })
  }
  // Escapes and sets are one character each for what follows.
  const plain = source
    .replace(/\\[\s\S]/g, (escape) => (/\\[1-9k]/.test(escape) ? '\u0000' : 'e'))
    .replace(/\[[^\]]*\]/g, 's')
  if (plain.includes('\u0000')) refuse('refers back to a group')
  if (/\(\?(?!:)/.test(plain)) refuse('looks around')
  if (
    /\([^()]*(?:[*+]|\{\d*,\d*\}|\|)[^()]*\)(?:[*+]|\{)/.test(plain) ||
    /\([^()]*\([^]*\)[^()]*\)(?:[*+]|\{)/.test(plain)
  ) {
    refuse('repeats a group that repeats or chooses')
  }
  if ((plain.match(/[*+]|\{\d*,\}/g) ?? []).length > 2) refuse('has more than two parts without an end')
  let expression: RegExp
  try {
    expression = new RegExp(source, 'gu')
  } catch {
    return refuse('is no regular expression')
  }
  if (expression.test('')) refuse('fits an empty text')
  expression.lastIndex = 0
  return expression
}

/** Replaces line by line, and long lines in windows; stops where it `isLate`, and the rest is left as it is. */
export function replaceWithin(
  text: string,
  expression: RegExp,
  replace: (match: string) => string,
  isLate: () => boolean,
): string {
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    if (line !== '') lines[index] = replaceInLine(line, expression, replace, isLate)
    if (isLate()) break
  }
  return lines.join('\n')
}

function replaceInLine(
  line: string,
  expression: RegExp,
  replace: (match: string) => string,
  isLate: () => boolean,
): string {
  if (line.length <= windowLength) return line.replace(expression, (match) => (match === '' ? '' : replace(match)))
  let result = ''
  let start = 0
  while (start < line.length && !isLate()) {
    const part = line.slice(start, start + windowLength)
    const isLast = start + windowLength >= line.length
    let end = isLast ? part.length : part.length - longestMatch
    let at = 0
    for (const match of part.matchAll(expression)) {
      if (match[0] === '' || match.index >= end) continue
      result += part.slice(at, match.index) + replace(match[0])
      at = match.index + match[0].length
      end = Math.max(end, at)
    }
    result += part.slice(at, end)
    start += end
  }
  return result + line.slice(start)
}
