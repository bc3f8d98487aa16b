/** Text of a file that a tool gave with a number before each line. */
export interface NumberedText {
  /** The numbers, one a line. */
  numbers: string
  /** The lines without them. */
  code: string
  /** What follows behind the last numbered line. */
  rest: string
}

const numbered = /^ *(\d+)(?:\t|→)(.*)$/

/** Numbers and code apart, as `cat -n` and its like write them; null for any other text. */
export function readNumberedLines(text: string): NumberedText | null {
  const numbers: string[] = []
  const code: string[] = []
  const lines = text.split('\n')
  for (const line of lines) {
    const match = numbered.exec(line)
    if (!match) break
    numbers.push(match[1] ?? '')
    code.push(match[2] ?? '')
  }
  if (numbers.length === 0) return null
  return { numbers: numbers.join('\n'), code: code.join('\n'), rest: lines.slice(numbers.length).join('\n').trim() }
}
