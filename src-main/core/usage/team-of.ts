import type { Teams } from '../../contract/teams'
import { matchesPattern } from '../search/match-pattern'

/** Domains come out of rows: a limit keeps junk from filling the memory. */
const longestCache = 10_000

/** The name of the first team that names a domain; null for a domain of none. */
export function createTeamOf({ teams }: Teams): (domain: string | null) => string | null {
  const cache = new Map<string, string | null>()
  const patterns = teams.map(({ name, domains }) => ({ name, patterns: domains.map((domain) => domain.split('*')) }))
  return (domain) => {
    const text = domain ?? ''
    const known = cache.get(text)
    if (known !== undefined) return known
    const found = patterns.find((team) => matchesPattern(team.patterns, text))?.name ?? null
    if (cache.size >= longestCache) cache.clear()
    cache.set(text, found)
    return found
  }
}
