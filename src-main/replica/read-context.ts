import type { Annotation } from '../contract/annotations'
import type { FindText } from './row-filter'
import type { Words } from './words'

/** What a question to the rows needs to know beside its statement. */
export interface ReadContext {
  words: Words
  /** Hours before this one are in the roll-up. */
  rolledUntilHour: number
  findText: FindText
  /** What the user pinned, tagged and noted. */
  annotations(): readonly Annotation[]
}
