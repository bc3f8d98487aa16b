import { Failure } from '../core/failure'
import { limits } from './limits'
import type { Session } from './sessions'

/** Every live connection holds a slot while it is open. */
export interface StreamSlots {
  /**
   * Takes a slot, to be given back by calling the result (twice does no harm). `domain` is for the brief's event
   * stream: a name, or null for all domains. Throws `too-many-streams`.
   */
  take(session: Session | null, domain?: string | null): () => void
  /** Open event streams by domain; `global` are those of all domains. */
  connections(): Record<string, number>
}

/** The name under which the brief counts the streams of all domains. */
const allDomains = 'global'

export function createStreamSlots(): StreamSlots {
  const byDomain = new Map<string, number>()
  const bySession = new Map<Session, number>()
  let total = 0

  return {
    take(session, domain) {
      const domainName = domain === undefined ? null : (domain ?? allDomains)
      const isFull =
        total >= limits.streamsTotal ||
        (session !== null && (bySession.get(session) ?? 0) >= limits.streamsPerSession) ||
        (domainName !== null && (byDomain.get(domainName) ?? 0) >= limits.streamsPerDomain)
      if (isFull) throw new Failure('too-many-streams', { retryAfterSeconds: limits.streamRetrySeconds })

      const count = (change: 1 | -1): void => {
        total += change
        if (session !== null) add(bySession, session, change)
        if (domainName !== null) add(byDomain, domainName, change)
      }
      count(1)
      let isTaken = true
      return () => {
        if (isTaken) count(-1)
        isTaken = false
      }
    },
    connections: () => Object.fromEntries(byDomain),
  }
}

function add<K>(counts: Map<K, number>, key: K, change: 1 | -1): void {
  const next = (counts.get(key) ?? 0) + change
  if (next === 0) counts.delete(key)
  else counts.set(key, next)
}
