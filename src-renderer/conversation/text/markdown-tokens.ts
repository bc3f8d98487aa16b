import { Lexer, type Token } from 'marked'

/** Above this many characters a text is shown as it is: reading it as Markdown would hold up the page. */
export const markdownLimit = 40_000

/** A word that takes long to wrap stands in pieces only where it is shown as it is. */
const endlessWord = /\S{8192}/

const marks = /[*_~[\]`<]/g

/**
 * The lexer goes through the rest of a stretch at each mark, so its work grows with marks times characters. This much
 * takes it some hundredths of a second; prose as long as the limit has less than half of it.
 */
export const mostWork = 1_000_000

export interface ReadMarkdown {
  tokens: Token[]
  /** How many paragraphs, cells and the like have so many marks that they stand as written. */
  asWritten: number
}

/** What it takes to find the emphasis and the links of one stretch of text. */
export function workOf(source: string): number {
  return source.length * (source.match(marks)?.length ?? 0)
}

/**
 * The tokens of a Markdown text, or null where it is better shown as plain text: too long, with a word that
 * has no end, or nested so deeply that reading it fails.
 */
export function readMarkdown(text: string): ReadMarkdown | null {
  if (text.length > markdownLimit || endlessWord.test(text)) return null
  try {
    const lexer = new Lexer({ gfm: true, breaks: true })
    lexer.blockTokens(text.replace(/\r\n|\r/g, '\n'), lexer.tokens)
    let left = mostWork
    let asWritten = 0
    for (const { src, tokens } of lexer.inlineQueue) {
      const work = workOf(src)
      if (work <= left) {
        left -= work
        lexer.inlineTokens(src, tokens)
      } else {
        asWritten++
        tokens.push({ type: 'as-written', raw: src })
      }
    }
    return { tokens: lexer.tokens, asWritten }
  } catch {
    // The lexer recurses, and a hostile text exhausts the stack; the text itself is still shown.
    return null
  }
}
