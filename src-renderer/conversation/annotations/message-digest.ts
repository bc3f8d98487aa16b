import type { Message } from '../../../src-main/contract/conversations'

/**
 * What is said in a message as a short text, so that it is known again when a later request repeats it. Thinking and
 * cache marks are left out: callers drop and move those.
 */
export function messageDigest({ role, blocks }: Message): string {
  const parts = blocks.flatMap((block) => {
    if (block.kind === 'text') return [block.text]
    if (block.kind === 'tool-use') return [block.id, block.name]
    if (block.kind === 'tool-result') return [block.toolUseId, block.text]
    return []
  })
  return hash(JSON.stringify([role, ...parts]))
}

/** 53 bits (cyrb53): told apart are the few messages at one place of one conversation, and nobody gains by a clash. */
function hash(text: string): string {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 0x9e3779b1)
    low = Math.imul(low ^ code, 0x5f356495)
  }
  high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35)
  low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35)
  return (4_294_967_296 * (0x1fffff & low) + (high >>> 0)).toString(36)
}
