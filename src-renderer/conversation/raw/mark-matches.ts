/** The text cut where it holds the query, whatever the case. */
export function markMatches(text: string, query: string): { text: string; isMatch: boolean }[] {
  if (query === '') return [{ text, isMatch: false }]
  const found: { text: string; isMatch: boolean }[] = []
  const lowerText = text.toLowerCase()
  const lowerQuery = query.toLowerCase()
  let start = 0
  // Where lower case changes the length, positions would be wrong: then nothing is marked.
  let at = lowerText.length === text.length ? lowerText.indexOf(lowerQuery) : -1
  while (at !== -1) {
    if (at > start) found.push({ text: text.slice(start, at), isMatch: false })
    found.push({ text: text.slice(at, at + query.length), isMatch: true })
    start = at + query.length
    at = lowerText.indexOf(lowerQuery, start)
  }
  if (start < text.length || found.length === 0) found.push({ text: text.slice(start), isMatch: false })
  return found
}
