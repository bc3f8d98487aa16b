import { isObject } from './json-values'
import { parseStoredText } from './parse-stored-text'

const longestText = 200

/** The last words of the user in a stored request body, for a list: one line, at most 200 characters; '' for none. */
export function lastUserText(requestBodyText: string): string {
  const { value } = parseStoredText(requestBodyText)
  return isObject(value) ? lastUserTextOf(value.messages) : ''
}

/**
 * The same over `messages`, or the tail of it: the newest user message that holds text of the user, leaving out tool
 * results and what Claude Code puts between `<system-reminder>` tags.
 */
export function lastUserTextOf(messages: unknown): string {
  if (!Array.isArray(messages)) return ''
  for (let i = messages.length - 1; i >= 0; i--) {
    const message: unknown = messages[i]
    if (!isObject(message) || message.role !== 'user') continue
    const line = toLine(textsOf(message.content))
    if (line !== '') return line
  }
  return ''
}

function textsOf(content: unknown): string[] {
  if (typeof content === 'string') return [content]
  if (!Array.isArray(content)) return []
  return content.flatMap((block) => {
    if (typeof block === 'string') return [block]
    return isObject(block) && block.type === 'text' && typeof block.text === 'string' ? [block.text] : []
  })
}

function toLine(texts: string[]): string {
  let line = ''
  for (const text of texts) {
    const words = withoutReminders(text)
      .trimStart()
      // A page of source code need not be squeezed to the end to find its first 200 characters.
      .slice(0, 20 * longestText)
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
    line = line === '' || words === '' ? line + words : `${line} ${words}`
    if (line.length > longestText) return cut(line)
  }
  return line
}

/** At most 200 UTF-16 units with the dots, never half of a surrogate pair. */
function cut(line: string): string {
  return `${line.slice(0, longestText - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** Text without `<system-reminder>…</system-reminder>`; a tag that is never closed stays. One pass over the text. */
export function withoutReminders(text: string): string {
  const tag = /<(\/?)system-reminder>/gi
  let kept = ''
  let keptTo = 0
  let openAt = -1
  for (let match = tag.exec(text); match; match = tag.exec(text)) {
    if (match[1] === '') {
      if (openAt < 0) openAt = match.index
    } else if (openAt >= 0) {
      kept += text.slice(keptTo, openAt)
      keptTo = tag.lastIndex
      openAt = -1
    }
  }
  return keptTo === 0 ? text : kept + text.slice(keptTo)
}
