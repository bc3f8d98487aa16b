/** The language of a file by its ending, as a name that the highlighter may know; '' without one. */
export function languageOf(path: string): string {
  const name = path.split(/[/\\]/).at(-1)?.toLowerCase() ?? ''
  if (name === 'dockerfile') return 'dockerfile'
  return /\.(\w{1,12})$/.exec(name)?.[1] ?? ''
}
