import type { ContentBlock } from '../../contract/conversations'
import type { ToolCalls } from '../ports'

/** The API allows 128 characters in a name; a body may hold anything. */
const longestName = 200

/** The tools that an answer's own blocks call, each once with its number of calls, in the order of the first call. */
export function countTools(blocks: readonly ContentBlock[]): ToolCalls[] {
  const calls = new Map<string, number>()
  for (const block of blocks) {
    if (block.kind !== 'tool-use') continue
    const name = block.name.slice(0, longestName)
    calls.set(name, (calls.get(name) ?? 0) + 1)
  }
  return [...calls].map(([name, count]) => ({ name, calls: count }))
}
