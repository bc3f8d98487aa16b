import type { Annotation } from '../contract/annotations'
import type { BlockCache } from './block-cache'
import type { FindText } from './row-filter'
import type { RowTimes } from './row-times'
import type { Words } from './words'

/** What a question to the rows needs to know beside its statement. */
export interface ReadContext {
  words: Words
  /** Hours before this one are in the roll-up. */
  rolledUntilHour: number
  findText: FindText
  /** Of rows that were listed. */
  times: RowTimes
  /** What the user pinned, tagged and noted. */
  annotations(): readonly Annotation[]
  /** Null to ask the tables alone. */
  memory: SumsInMemory | null
}

export interface SumsInMemory {
  blocks: BlockCache
  /** When the question's transaction began. */
  mark: number
  /** Set where it gave a part of the answer, which then holds only while nothing was committed since `mark`. */
  isUsed: boolean
}
