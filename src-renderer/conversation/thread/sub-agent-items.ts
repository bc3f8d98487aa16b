import type { RequestDetail } from '../../../src-main/contract/conversations'
import { readToolDrawing } from '../blocks/tools/tool-drawing'
import { readerItems, type ReaderItem } from '../reader/reader-items'

/** What a sub-agent said, as it stands below the call that began it. */
export interface SubAgentText {
  /** Its last request, which holds what was said in all of them: the names of its parts begin with it. */
  id: string
  items: ReaderItem[]
}

/** The newest of them; the others when they are asked for, or looked for. */
export const shownAtFirst = 40

/** The messages and the answer of a sub-agent, without the prompt that its call shows already. */
export function subAgentItems(detail: RequestDetail, prompt: string): ReaderItem[] {
  return readerItems(detail).filter((item) => {
    if (item.kind !== 'message') return item.kind === 'answer'
    const [only, ...others] = item.read.message.blocks
    const isPrompt = item.position === 0 && others.length === 0 && only?.kind === 'text'
    return !isPrompt || only.text.trim() !== prompt.trim()
  })
}

/** The name of the fold below the call. */
export function subAgentFold(toolUseId: string): string {
  return `sub-agent/${toolUseId}`
}

/** The calls that may have begun a sub-agent. */
export function* taskCalls(items: readonly ReaderItem[]): Generator<{ id: string; prompt: string }> {
  for (const item of items) {
    if (item.kind !== 'message' && item.kind !== 'answer') continue
    for (const part of item.read?.parts ?? []) {
      if (part.kind !== 'tool') continue
      const drawing = readToolDrawing(part.use)
      if (drawing?.kind === 'task') yield { id: part.use.id, prompt: drawing.prompt }
    }
  }
}
