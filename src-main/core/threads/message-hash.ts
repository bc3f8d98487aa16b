import type { ContentBlock } from '../../contract/conversations'
import { withoutReminders } from '../bodies/last-user-text'
import { addJson, createHash, type Hash } from './create-hash'

/** Ids that the API makes are unique; shorter ones are counters of some client and say nothing without content. */
const shortestUniqueId = 16

/**
 * A message by what was said: equal for a text and a list of one text, with and without reminders, thinking or cache
 * markers. Tool calls and results go by their id, since clients clear the content of old results. Null when nothing
 * was said.
 */
export function hashMessage(role: string, blocks: readonly ContentBlock[]): number | null {
  const hash = createHash().add(role)
  let isEmpty = true
  for (const block of blocks) {
    if (addBlock(hash, block)) isEmpty = false
  }
  return isEmpty ? null : hash.value()
}

/** True when the block said something. */
function addBlock(hash: Hash, block: ContentBlock): boolean {
  switch (block.kind) {
    case 'text': {
      const said = normalText(block.text)
      if (said === '') return false
      hash.add('text').add(said)
      return true
    }
    case 'thinking':
      return false
    case 'tool-use':
      hash.add('use').add(block.id).add(block.name)
      if (block.id.length < shortestUniqueId) addJson(hash, block.input)
      return true
    case 'tool-result':
      hash.add('result').add(block.toolUseId)
      if (block.toolUseId.length < shortestUniqueId) hash.add(normalText(block.text))
      return true
    case 'image':
      hash
        .add('image')
        .add(block.mediaType ?? '')
        .add(block.data ?? block.reference ?? '')
      return true
    case 'document':
      hash
        .add('document')
        .add(block.title ?? '')
        .add(block.text ?? block.reference ?? '')
      hash.addNumber(block.byteLength ?? 0)
      return true
    case 'unknown':
      if (block.wireType === 'other fields') return false
      hash.add(block.wireType)
      addJson(hash, block.json)
      return true
  }
}

/** Text as both ends of a turn have it: without reminders, line ends and outer white space alike. */
function normalText(text: string): string {
  return withoutReminders(text).replaceAll('\r\n', '\n').trim()
}
