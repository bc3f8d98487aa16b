import { randomBytes } from 'node:crypto'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'
import { createAttemptLimiter } from './attempt-limiter'
import { limits } from './limits'
import { isSameSecret } from './secret-compare'
import { createSessions, type Session, type Sessions } from './sessions'

/** Who may come in, and who is in. */
export interface SignIn {
  readonly sessions: Sessions
  /** Whether there is a key at all; without one nothing is served. */
  readonly isConfigured: boolean
  /** The key was made here, so that only the link lets anyone in. */
  readonly needsLink: boolean
  /** For the one-time link; null where none is offered. */
  readonly token: string | null
  /** A session for the right key, null for a wrong one. Throws `too-many-attempts`. */
  withKey(key: string, who: string): Session | null
  /** A session for the one-time token, the first time. Throws `too-many-attempts`. */
  withToken(token: string, who: string): Session | null
  /** Whether the key of a header is right. Throws `too-many-attempts`. */
  isHeaderKey(key: string, who: string): boolean
}

/** `offersLink`: without a key of the user make one, and a token that signs in once. */
export function createSignIn(options: { apiKey: string | null; offersLink: boolean; log: Log }): SignIn {
  const needsLink = options.apiKey === null && options.offersLink
  const key = options.apiKey ?? (needsLink ? newSecret() : null)
  const sessions = createSessions()
  const loginAttempts = createAttemptLimiter(limits.loginAttempts)
  const headerAttempts = createAttemptLimiter(limits.headerAttempts)
  let token = needsLink ? newSecret() : null
  const firstToken = token

  const check = (limiter: typeof loginAttempts, who: string, isRight: () => boolean): boolean => {
    const retryAfterSeconds = limiter.waitSeconds(who)
    if (retryAfterSeconds > 0) throw new Failure('too-many-attempts', { retryAfterSeconds })
    if (isRight()) return true
    limiter.failed(who)
    options.log.warn('A wrong key or link was refused', { from: who })
    return false
  }

  return {
    sessions,
    isConfigured: key !== null,
    needsLink,
    token: firstToken,
    withKey: (given, who) =>
      check(loginAttempts, who, () => key !== null && isSameSecret(given, key)) ? sessions.start() : null,
    withToken(given, who) {
      if (!check(loginAttempts, who, () => token !== null && isSameSecret(given, token))) return null
      token = null
      return sessions.start()
    },
    isHeaderKey: (given, who) => check(headerAttempts, who, () => key !== null && isSameSecret(given, key)),
  }
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}
