import { compactNumber, exactNumber } from './number'

/** Tokens of a row: compact, `–` where the source has no figure. */
export function tokens(count: number | null): string {
  return count === null ? '–' : compactNumber(count)
}

/** All digits with the word: `1,234 tokens`. */
export function exactTokens(count: number | null): string {
  if (count === null) return 'not recorded'
  return `${exactNumber(count)} ${count === 1 ? 'token' : 'tokens'}`
}
