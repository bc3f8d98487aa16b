import type { ContentBlock } from '../../../src-main/contract/conversations'

/** A block that stands for itself: no tool call and no result of one. */
export type PlainBlock = Exclude<ContentBlock, { kind: 'tool-use' | 'tool-result' }>

const plainKinds = new Set<string>(['text', 'thinking', 'image', 'document', 'unknown'] satisfies PlainBlock['kind'][])

/** An element of a tool's result as a block. The contract promises the normal form; anything else is shown as JSON. */
export function toPlainBlock(part: unknown): PlainBlock {
  const isPlain = typeof part === 'object' && part !== null && 'kind' in part && plainKinds.has(String(part.kind))
  return isPlain ? (part as PlainBlock) : { kind: 'unknown', wireType: 'content', json: part }
}
