import type { Message } from '../../../src-main/contract/conversations'

/** What a message says, to be copied: its texts, calls and results in order, without thinking and pictures. */
export function messageText({ blocks }: Message): string {
  return blocks
    .flatMap((block) => {
      if (block.kind === 'text' || block.kind === 'tool-result') return block.text || []
      if (block.kind === 'document') return block.text ?? block.title ?? []
      return block.kind === 'tool-use' ? `${block.name} ${JSON.stringify(block.input, null, 2)}` : []
    })
    .join('\n\n')
}
