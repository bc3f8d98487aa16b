import type { TextCondition } from '../core/search/query'
import { textKey } from '../core/search/undecided'
import type { FindText } from './row-filter'

export interface FoundWords {
  remember(condition: TextCondition, ids: readonly string[]): void
  /** What is found here, and what is remembered. */
  find: FindText
}

/** Conditions whose requests are remembered; the one that was asked for longest ago makes room. */
const mostConditions = 20

/** Which requests were found in the source to have words. In memory alone: nothing of them is written anywhere. */
export function createFoundWords(findHere: FindText): FoundWords {
  const found = new Map<string, Set<string>>()
  return {
    remember(condition, ids) {
      const key = textKey(condition)
      const known = found.get(key) ?? new Set<string>()
      for (const id of ids) known.add(id)
      found.delete(key)
      found.set(key, known)
      if (found.size > mostConditions) found.delete(found.keys().next().value!)
    },
    async find(statements, condition) {
      const here = await findHere(statements, condition)
      const elsewhere = found.get(textKey(condition))
      return elsewhere === undefined ? here : [...new Set([...here, ...elsewhere])]
    },
  }
}
