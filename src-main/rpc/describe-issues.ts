/** The part of a schema's complaint that is used here (Standard Schema's issue). */
interface Issue {
  readonly message: string
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
}

const mostNamed = 3

/** What is wrong with an input, as sentences that name each field; never with the value that was sent. */
export function describeIssues(issues: readonly Issue[]): string {
  const sentences = issues.slice(0, mostNamed).map((issue) => {
    const field = (issue.path ?? []).map(toName).join('.')
    const text = field === '' ? issue.message : withField(field, issue.message)
    return text.endsWith('.') ? text : `${text}.`
  })
  const more = issues.length - mostNamed
  return [...sentences, ...(more > 0 ? [`And ${more} more.`] : [])].join(' ')
}

// The contract's own messages begin in lower case, so that they go on from the field's name: "tz is no time zone".
function withField(field: string, message: string): string {
  return /^[a-z]/.test(message) ? `${field} ${message}` : `${field}: ${message}`
}

function toName(segment: PropertyKey | { readonly key: PropertyKey }): string {
  return String(typeof segment === 'object' ? segment.key : segment)
}
