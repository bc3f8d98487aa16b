const markdownSigns = [/^```/m, /^~~~/m, /^#{1,6} \S/m, /^\|.+\|\s*\n\|[ :|-]+\|/m, /\*\*\S[^*\n]*\*\*/]

/**
 * Whether a text was likely written as Markdown. Models write it; people and programs write plain text as often, where
 * a line that begins with `+` is part of a diff and not of a list.
 */
export function readsAsMarkdown(text: string, role: string): boolean {
  return role === 'assistant' || markdownSigns.some((sign) => sign.test(text.slice(0, 20_000)))
}
