import { Lexer, type Token } from 'marked'

/** Above this many characters a text is shown as it is: reading it as Markdown would hold up the page. */
export const markdownLimit = 40_000

/** A word that takes long to wrap stands in pieces only where it is shown as it is. */
const endlessWord = /\S{8192}/

/**
 * The tokens of a Markdown text, or null where it is better shown as plain text: too long, with a word that
 * has no end, or nested so deeply that reading it fails.
 */
export function readMarkdown(text: string): Token[] | null {
  if (text.length > markdownLimit || endlessWord.test(text)) return null
  try {
    return new Lexer({ gfm: true, breaks: true }).lex(text)
  } catch {
    // The lexer recurses, and a hostile text exhausts the stack; the text itself is still shown.
    return null
  }
}
