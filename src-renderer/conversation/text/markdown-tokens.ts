import { Lexer, type Token } from 'marked'

/** Above this many characters a text is shown as it is: reading it as Markdown would hold up the page. */
export const markdownLimit = 40_000

/**
 * The tokens of a Markdown text, or null where it is better shown as plain text: too long, or nested so deeply that
 * reading it fails.
 */
export function readMarkdown(text: string): Token[] | null {
  if (text.length > markdownLimit) return null
  try {
    return new Lexer({ gfm: true, breaks: true }).lex(text)
  } catch {
    // The lexer recurses, and a hostile text exhausts the stack; the text itself is still shown.
    return null
  }
}
