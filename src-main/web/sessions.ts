import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { limits } from './limits'

/** A browser that has signed in. */
export interface Session {
  readonly id: string
  /** Aborted when the session ends, by signing out or by age: whatever streams to it must end too. */
  readonly ended: AbortSignal
}

export interface Sessions {
  start(): Session
  find(id: string | undefined): Session | undefined
  end(id: string | undefined): void
  endAll(): void
}

export const sessionLifetimeSeconds = 7 * 24 * 60 * 60
/** Each sign-in makes one; beyond this the oldest ends. */
const mostSessions = 1000

interface Entry {
  session: Session
  end: AbortController
  expiry: NodeJS.Timeout
}

/** Sessions in memory: random ids of 256 bits that mean nothing elsewhere and are gone with the process. */
export function createSessions(): Sessions {
  const entries = new Map<string, Entry>()

  function end(id: string | undefined): void {
    const entry = entries.get(id ?? '')
    if (!entry) return
    entries.delete(entry.session.id)
    clearTimeout(entry.expiry)
    entry.end.abort()
  }

  return {
    start() {
      if (entries.size >= mostSessions) end(entries.keys().next().value)
      const id = randomBytes(32).toString('base64url')
      const controller = new AbortController()
      setMaxListeners(limits.streamsPerSession, controller.signal)
      const expiry = setTimeout(() => end(id), sessionLifetimeSeconds * 1000).unref()
      const session = { id, ended: controller.signal }
      entries.set(id, { session, end: controller, expiry })
      return session
    },
    find: (id) => entries.get(id ?? '')?.session,
    end,
    endAll() {
      for (const id of entries.keys()) end(id)
    },
  }
}
