import type { ContentBlock } from '../../contract/conversations'
import { createHash } from './create-hash'

const shortestUniqueId = 16
/** Below this many characters two answers may be equal by chance, as "Done." is. */
const shortestTelling = 40

/** A hash that forgives how a text was stored: white space and where a text was split do not count. */
export interface LooseHash {
  /** 0 when there was nothing to hash. */
  hash: number
  /** True when an equal hash elsewhere can hardly be chance. */
  isTelling: boolean
}

/** An answer by its texts and tool ids, equal for the stored answer, a flattened stream and the next turn's message. */
export function hashAnswer(blocks: readonly ContentBlock[]): LooseHash {
  const hash = createHash()
  const ids: string[] = []
  let length = 0
  for (const block of blocks) {
    if (block.kind === 'text') length += hash.addSolid(block.text)
    else if (block.kind === 'tool-use') ids.push(block.id)
  }
  if (length === 0 && ids.length === 0) return { hash: 0, isTelling: false }
  // The tools of a flattened stream stand behind all of its text.
  for (const id of ids) hash.add(id)
  const isTelling = length >= shortestTelling || ids.some((id) => id.length >= shortestUniqueId)
  return { hash: hash.value(), isTelling }
}

/** The texts of a user's message, for finding the tool call that gave them to a sub-agent; 0 for none. */
export function hashPrompt(texts: readonly string[]): number {
  const hash = createHash()
  let length = 0
  for (const text of texts) length += hash.addSolid(text)
  return length === 0 ? 0 : hash.value()
}

/** The first letters and digits of a text, for finding it again with other marks around it; 0 when it is too short. */
export function hashStart(text: string, length: { least: number; most: number }): number {
  const letters = text
    .slice(0, 8 * length.most)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .slice(0, length.most)
  return letters.length < length.least ? 0 : createHash().add(letters).value()
}
