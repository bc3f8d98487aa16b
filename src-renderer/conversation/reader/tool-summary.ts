/** Names of inputs that say best what a call was about, the most telling first. */
const tellingNames = [
  'command',
  'file_path',
  'path',
  'url',
  'query',
  'pattern',
  'description',
  'prompt',
  'code',
  'name',
]

const longestSummary = 160

/** One line that tells what a tool was called with; '' when no input is a text. */
export function toolSummary(input: unknown): string {
  if (typeof input === 'string') return oneLine(input)
  if (typeof input !== 'object' || input === null) return ''
  const fields = Object.entries(input).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const named = tellingNames.map((name) => fields.find(([key]) => key === name)).find(Boolean)
  return oneLine((named ?? fields[0])?.[1] ?? '')
}

function oneLine(text: string): string {
  const line = text
    .slice(0, longestSummary * 2)
    .replace(/\s+/g, ' ')
    .trim()
  return line.length > longestSummary ? `${line.slice(0, longestSummary)}…` : line
}
