/** What one host gives away at most, so that no client takes it from the others. */
export const limits = {
  /** Of the brief's event stream, by domain; the streams of all domains together count as one. */
  streamsPerDomain: 50,
  /** Live connections of one signed-in browser, of either kind. */
  streamsPerSession: 20,
  /** The streams of twenty busy domains, and of the pages beside them. */
  streamsTotal: 1200,
  /** When too many are open, how long to wait before asking again. */
  streamRetrySeconds: 30,
  /** The longest body that is read: a connection form is under 5 kB, a list of ids under 10 kB. */
  bodyBytes: 256 * 1024,
  /** Signing in: tries in a row, and how fast new ones are earned. */
  loginAttempts: { burst: 10, perMinute: 10 },
  /** Wrong keys in headers come from programs, which try again by themselves, so they have a count of their own. */
  headerAttempts: { burst: 30, perMinute: 30 },
  /** How long the request line and headers, and then the whole request, may take to arrive. */
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  connections: 2000,
} as const
