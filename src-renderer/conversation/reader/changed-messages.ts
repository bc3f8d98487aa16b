import type { RequestDetail } from '../../../src-main/contract/conversations'
import type { MessageChange, TurnDiff } from '../../../src-main/contract/threads'
import { readMessages, type ReadMessage } from './reader-items'

/** One message that is not as it was, with what it is now; `read` is null for one that was dropped. */
export interface ChangedMessage extends MessageChange {
  key: string
  read: ReadMessage | null
}

/** The changes of a request's messages, each with the message as the reader draws it. */
export function changedMessages(diff: TurnDiff, detail: RequestDetail): ChangedMessage[] {
  const reads = readMessages({ from: detail.page?.from ?? 0, messages: detail.messages })
  return diff.messages.map((change) => ({
    ...change,
    key: `changes/${change.index ?? ''}-${change.parentIndex ?? ''}`,
    read: change.index === null ? null : (reads.get(change.index) ?? null),
  }))
}

/** A line for each part of a request besides its messages that is not as it was. */
export function changedParts({ model, system, tools, parameters }: TurnDiff): string[] {
  const lines: string[] = []
  if (model) lines.push(`Model: ${model.from ?? 'none'} became ${model.to ?? 'none'}.`)
  if (system !== 'same') lines.push(`The system prompt was ${system}.`)
  for (const change of ['added', 'dropped', 'changed'] as const) {
    const names = tools[change]
    if (names.length > 0)
      lines.push(`${names.length === 1 ? 'Tool' : `${names.length} tools`} ${change}: ${names.join(', ')}.`)
  }
  if (parameters.length > 0) lines.push(`Other parameters: ${parameters.join(', ')}.`)
  return lines
}
