import { Failure } from '../core/failure'

const certificateCodes = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|EPROTO)/

/** Why the stream could not be opened or broke off: what `fetch` threw, as a failure that names the host. */
export function streamFailure(error: unknown, url: string): Failure {
  if (error instanceof Failure) return error
  const { host, hostname } = new URL(url)
  const { code = '' } = ((error as { cause?: unknown }).cause ?? error) as { code?: string }
  const failure = (message: string, hint?: string) => new Failure('feed-unreachable', { message, hint, cause: error })
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return failure(`The host ${hostname} of the dashboard URL is not known.`)
  if (code === 'ECONNREFUSED') return failure(`Nothing answers at ${host}.`)
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return failure(`${host} does not answer.`)
  if (certificateCodes.test(code)) {
    return failure(
      `The certificate of ${host} is not accepted (${code}).`,
      'Name its authority in NODE_EXTRA_CA_CERTS, or use a certificate of a known authority.',
    )
  }
  if (code.startsWith('HPE_')) {
    return new Failure('feed-not-a-stream', { message: `${host} does not speak HTTP on that port.`, cause: error })
  }
  return failure(`The event stream of ${host} broke off.`)
}

/** What an answer that is no event stream means. */
export function answerFailure(response: Response, url: string, nowMs: number): Failure {
  const { host } = new URL(url)
  const { status } = response
  const retryAfterSeconds = readRetryAfter(response.headers.get('retry-after'), nowMs)
  const failure = (code: 'feed-unreachable' | 'feed-unauthorised' | 'feed-not-a-stream', message: string) =>
    new Failure(code, { message, retryAfterSeconds })
  if (status === 401 || status === 403) return failure('feed-unauthorised', `${host} refused the API key (${status}).`)
  if (status >= 300 && status < 400) {
    const target = response.headers.get('location') ?? ''
    return /log-?in|sign-?in|auth|sso/i.test(target)
      ? failure('feed-unauthorised', `${host} sends to a login page instead of taking the API key.`)
      : failure('feed-not-a-stream', `${host} sends elsewhere: enter the address that it sends to.`)
  }
  if (status === 429) return failure('feed-unreachable', `${host} has too many live connections and asks to wait.`)
  if (status >= 500) return failure('feed-unreachable', `${host} answers with an error (${status}).`)
  if (status === 404) return failure('feed-not-a-stream', `${host} has no event stream at ${new URL(url).pathname}.`)
  if (status !== 200) return failure('feed-not-a-stream', `${host} answers with ${status} instead of an event stream.`)
  const type = response.headers.get('content-type')?.split(';')[0]?.trim() || 'no type'
  return failure('feed-not-a-stream', `${host} answers with ${type} instead of an event stream.`)
}

/** The longest that a server may ask us to stay away. */
const longestRetryAfterSeconds = 3600

/** Seconds from `Retry-After`, which is a number of seconds or a date (RFC 9110, 10.2.3). */
function readRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - nowMs) / 1000
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), longestRetryAfterSeconds) : undefined
}
