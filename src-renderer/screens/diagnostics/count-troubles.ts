import { counted } from '../../format/number'

/** The sum of it as a sentence. */
export function countTroubles(checks: readonly { outcome: string }[]): string {
  const failed = checks.filter(({ outcome }) => outcome === 'failed').length
  const warned = checks.filter(({ outcome }) => outcome === 'warning').length
  if (failed > 0) return `${counted(failed, 'part')} failed.`
  return warned > 0 ? `Nothing failed; ${counted(warned, 'part')} to look at.` : 'Everything works.'
}
