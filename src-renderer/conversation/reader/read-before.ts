import type { RequestDetail } from '../../../src-main/contract/conversations'
import type { TurnDiff } from '../../../src-main/contract/threads'

/** How many messages, from the first on, were read at the request before; its own answer is one of them. */
export function readBefore(diff: TurnDiff): number {
  const { keptMessages, messages } = diff
  const hasAnswer = messages.some(({ isParentAnswer, index }) => isParentAnswer && index === keptMessages)
  return keptMessages + (hasAnswer ? 1 : 0)
}

/** The same before the two were compared: most requests add what follows the last answer. */
export function guessReadBefore({ messages, page }: RequestDetail): number {
  return (page?.from ?? 0) + messages.slice(0, -1).findLastIndex(({ role }) => role === 'assistant') + 1
}

/** The first message to show of those that follow `read`: a call that was read stays, where its result is new. */
export function firstToShow({ messages, page }: RequestDetail, read: number): number {
  const from = page?.from ?? 0
  const wanted = new Set<string>()
  for (const { blocks } of messages.slice(Math.max(0, read - from))) {
    for (const block of blocks) if (block.kind === 'tool-result') wanted.add(block.toolUseId)
  }
  if (wanted.size === 0) return read
  const caller = messages
    .slice(0, Math.max(0, read - from))
    .findIndex(({ blocks }) => blocks.some((block) => block.kind === 'tool-use' && wanted.has(block.id)))
  return caller === -1 ? read : from + caller
}
