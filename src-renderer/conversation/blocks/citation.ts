/** Where an answer has a statement from. '' for what the citation does not say. */
export interface Citation {
  quote: string
  title: string
  address: string
  /** Where in its source: pages, characters, blocks. */
  place: string
  /** Every other field. */
  rest: Record<string, unknown>
}

/** Fields that tell a reader nothing beside what is shown, and those that are shown. */
const readFields = new Set(['type', 'cited_text', 'document_title', 'title', 'url', 'source', 'encrypted_index'])

/** A citation of any of the API's kinds; what is none has all it holds in `rest`. */
export function readCitation(value: unknown): Citation {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { quote: '', title: '', address: '', place: '', rest: { citation: value } }
  }
  const citation = value as Record<string, unknown>
  const text = (name: string): string => (typeof citation[name] === 'string' ? citation[name] : '')
  const range = rangeOf(citation)
  const isShown = (name: string) =>
    range?.fields.includes(name) ||
    (readFields.has(name) && (typeof citation[name] === 'string' || citation[name] === null))
  return {
    quote: text('cited_text'),
    title: text('title') || text('document_title'),
    address: text('url') || text('source'),
    place: range?.place ?? '',
    rest: Object.fromEntries(Object.entries(citation).filter(([name]) => !isShown(name))),
  }
}

const ranges = [
  { first: 'start_page_number', end: 'end_page_number', name: 'page', base: 0 },
  { first: 'start_char_index', end: 'end_char_index', name: 'character', base: 1 },
  { first: 'start_block_index', end: 'end_block_index', name: 'block', base: 1 },
]

/** The API's ends lie behind the last one; its pages count from 1, all else from 0. */
function rangeOf(citation: Record<string, unknown>): { place: string; fields: string[] } | null {
  for (const { first, end, name, base } of ranges) {
    const [from, to] = [citation[first], citation[end]]
    if (typeof from !== 'number' || typeof to !== 'number') continue
    const last = to - 1 + base
    const start = from + base
    return { place: last > start ? `${name}s ${start} to ${last}` : `${name} ${start}`, fields: [first, end] }
  }
  return null
}

/** Its texts in the order that they stand on the page. */
export function citationTexts({ quote, title, address, place, rest }: Citation): string[] {
  const isEmpty = Object.keys(rest).length === 0
  return [quote, title, address, place, ...(isEmpty ? [] : [JSON.stringify(rest, null, 2)])]
}
