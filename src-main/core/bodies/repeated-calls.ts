import type { ContentBlock, Message } from '../../contract/conversations'

/** How often the call that a conversation made most was made: the same tool with the same input. 0 for none. */
export function countRepeatedCalls(messages: readonly Message[], answer: readonly ContentBlock[]): number {
  const counts = new Map<string, number>()
  let most = 0
  for (const block of [...messages.flatMap(({ blocks }) => blocks), ...answer]) {
    if (block.kind !== 'tool-use') continue
    const call = `${block.name}\n${JSON.stringify(block.input)}`
    const count = (counts.get(call) ?? 0) + 1
    counts.set(call, count)
    most = Math.max(most, count)
  }
  return most
}
