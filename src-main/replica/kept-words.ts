/* What is read in kept texts themselves: which words they have, and whether words stand together. */
import { setImmediate as giveWay } from 'node:timers/promises'
import { bodyTexts } from '../core/search/body-text'
import type { TextCondition } from '../core/search/query'
import { addTerms, hasWords } from '../core/search/text-terms'
import { textUnits } from '../core/search/text-units'
import type { StoredBodies } from '../core/ports'
import type { BodyStore } from './body-store'
import { uuidList, type Statements } from './session'

/** Longer bodies would hold up the thread; nobody reads them either. */
const mostCharacters = 6_000_000
const partCharacters = 50_000

/** Null for bodies that are too long. A long text is read in parts, so that nothing else waits for it. */
export async function termsOf(stored: StoredBodies): Promise<ReadonlySet<string> | null> {
  if ((stored.request?.length ?? 0) + (stored.response?.length ?? 0) > mostCharacters) return null
  const terms = new Set<string>()
  for (const text of bodyTexts(stored)) {
    for (let start = 0; start < text.length;) {
      const end = partEnd(text, start)
      addTerms(terms, text.slice(start, end))
      if (end - start >= partCharacters) await giveWay()
      start = end
    }
  }
  return terms
}

/** Those of the found in whose text the words stand together. */
export async function withWords(
  statements: Statements,
  bodies: BodyStore,
  found: ReadonlyMap<string, boolean>,
  { text, isPrefix }: Pick<TextCondition, 'text' | 'isPrefix'>,
): Promise<string[]> {
  const wanted = textUnits(text)
  const ids: string[] = []
  const previews = await statements.rows<{ id: string; preview: string }>(
    `SELECT id::VARCHAR AS id, preview FROM preview WHERE id IN ${uuidList([...found.keys()])}`,
  )
  const previewOf = new Map(previews.map(({ id, preview }) => [id, preview]))
  for (const [id, isWhole] of found) {
    const kept = isWhole ? await bodies.read(id, { isPeek: true }) : null
    const texts = [previewOf.get(id) ?? '', ...(kept ? bodyTexts(kept) : [])]
    if (texts.some((each) => hasWords(each, wanted, isPrefix))) ids.push(id)
  }
  return ids
}

/** The end of a part: at a space, so that no word is cut, where one comes soon. */
function partEnd(text: string, start: number): number {
  if (text.length - start <= partCharacters) return text.length
  const space = text.indexOf(' ', start + partCharacters)
  return space < 0 || space > start + 2 * partCharacters ? start + partCharacters : space
}
