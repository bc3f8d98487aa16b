import type { RequestRow } from '../../src-main/contract/conversations'

/** One line of the palette, and what choosing it does. */
export interface PaletteItem {
  group: string
  label: string
  detail: string
  run(): void
}

const most = 8
const requestId = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The request id in a text, as it is copied from a log or an address; null where there is none. */
export function idIn(text: string): string | null {
  const last = text.trim().split(/[/\s]/).at(-1) ?? ''
  return requestId.test(last) ? last.toLowerCase() : null
}

/** Those that have all the words, the ones that begin with the first word before the others; a few of each group. */
export function matchingItems(items: readonly PaletteItem[], text: string): PaletteItem[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = items.filter(({ label, group }) => {
    const name = `${group} ${label}`.toLowerCase()
    return words.every((word) => name.includes(word))
  })
  const begins = ({ label }: PaletteItem): number => (label.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1)
  const counts = new Map<string, number>()
  return found
    .toSorted((a, b) => begins(a) - begins(b))
    .filter(({ group }) => {
      const count = counts.get(group) ?? 0
      counts.set(group, count + 1)
      return count < most
    })
}

/** What a request is called in the palette. */
export function requestLabel({ preview, domain, id }: Pick<RequestRow, 'preview' | 'domain' | 'id'>): string {
  return preview || domain || id
}

/** Words as they are looked for: a text with signs of the query language in it stands in quotes. */
export function asWords(text: string): string {
  const words = text.trim().replaceAll('"', ' ')
  return /^[\p{L}\p{N}_\s]+$/u.test(words) && !/(?:^|\s)(?:or|and)(?:\s|$)/i.test(words) ? words : `"${words}"`
}
