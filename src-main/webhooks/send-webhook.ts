/*
 * Sends one message to an address that the user chose. Trusts nothing that answers: it follows no redirect, reads next
 * to nothing of the answer, and connects only to an address that was looked up and allowed in the same breath, so that
 * a name cannot lead into the private network after it was checked.
 */
import { createHmac } from 'node:crypto'
import { lookup as resolveName, type LookupAddress } from 'node:dns'
import { request as requestOverTls } from 'node:https'
import type { LookupFunction } from 'node:net'
import { Failure } from '../core/failure'
import { isPrivateAddress } from './private-address'

export interface WebhookTarget {
  url: string
  /** Signs the body; null sends it unsigned. */
  secret: string | null
  allowsPrivate: boolean
}

const patienceMs = 10_000
/** Waits before the tries after the first; each up to half longer or shorter, so that many apps do not knock at once. */
const retryAfterMs = [1000, 10_000, 60_000]

/** The address if it may be sent to. Throws `invalid-input` with a sentence that says why not. */
export function checkWebhookUrl(text: string, allowsPrivate: boolean): URL {
  const refuse = (message: string, hint = 'It looks like https://hooks.example.com/….'): never => {
    throw new Failure('invalid-input', { message, hint })
  }
  if (!URL.canParse(text)) return refuse('The webhook address is not a URL.')
  const url = new URL(text)
  if (url.protocol !== 'https:') return refuse('A webhook address must begin with https://.')
  if (url.username !== '' || url.password !== '')
    return refuse('A webhook address must not hold a user name or password.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (!allowsPrivate && (isPrivateAddress(host) || /(^|\.)(localhost|local|internal)$/i.test(host))) {
    return refuse(
      'The webhook address lies in a private network.',
      'Allow private addresses for this webhook if that is meant.',
    )
  }
  return url
}

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 over the seconds, a full stop and the body. */
export function signatureOf(secret: string, body: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`
}

/**
 * Sends the body, and again after a pause where that may help (no answer, 408, 429, 5xx). Throws `webhook-failed` with
 * what the last try met. `ca` and `pause` are for tests.
 */
export async function sendWebhook(
  target: WebhookTarget,
  body: string,
  options: { signal?: AbortSignal; tries?: number; ca?: string; pause?(ms: number): Promise<void> } = {},
): Promise<void> {
  const { tries = retryAfterMs.length + 1, pause = wait } = options
  const url = checkWebhookUrl(target.url, target.allowsPrivate)
  for (let attempt = 1; ; attempt++) {
    const outcome = await post(url, target, body, options)
    if (outcome === 'delivered') return
    if (!outcome.isWorthAnother || attempt >= tries || options.signal?.aborted) {
      throw new Failure('webhook-failed', { message: outcome.sentence })
    }
    await pause(retryAfterMs[attempt - 1]! * (0.5 + Math.random()))
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}

type Outcome = 'delivered' | { sentence: string; isWorthAnother: boolean }

function post(
  url: URL,
  { secret, allowsPrivate }: WebhookTarget,
  body: string,
  { signal, ca }: { signal?: AbortSignal; ca?: string },
): Promise<Outcome> {
  const signature =
    secret === null ? {} : { 'X-Nexus-Signature': signatureOf(secret, body, Math.floor(Date.now() / 1000)) }
  return new Promise((resolve) => {
    const call = requestOverTls(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
        'User-Agent': 'Nexus-Desktop',
        ...signature,
      },
      lookup: allowsPrivate ? resolveName : publicLookup,
      timeout: patienceMs,
      agent: false,
      ...(signal && { signal }),
      ...(ca !== undefined && { ca }),
    })
    // A timeout of the socket alone would wait for ever on an answer that comes a byte at a time.
    const patience = setTimeout(() => call.destroy(new Error('timeout')), patienceMs)
    call.on('timeout', () => call.destroy(new Error('timeout')))
    call.on('error', (error) => {
      clearTimeout(patience)
      resolve(describeError(error))
    })
    call.on('response', (answer) => {
      clearTimeout(patience)
      answer.destroy()
      resolve(describeStatus(answer.statusCode ?? 0))
    })
    call.end(body)
  })
}

/** Names resolve to public addresses or not at all. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolveName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? []
    if (error) return callback(error, '', 4)
    if (!first || addresses.some(({ address }) => isPrivateAddress(address))) {
      return callback(Object.assign(new Error('private address'), { code: 'EPRIVATE' }), '', 4)
    }
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family)
  })
}

function describeStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return 'delivered'
  if (status >= 300 && status < 400) {
    return {
      sentence: `The address answered with a redirect (${status}), which is not followed.`,
      isWorthAnother: false,
    }
  }
  return {
    sentence: `The address answered with ${status}.`,
    isWorthAnother: status === 408 || status === 429 || status >= 500,
  }
}

function describeError(error: Error & { code?: string }): Outcome {
  if (error.name === 'AbortError') return { sentence: 'Sending was given up.', isWorthAnother: false }
  if (error.code === 'EPRIVATE') {
    return {
      sentence: 'The name leads into a private network, which is not allowed for this webhook.',
      isWorthAnother: false,
    }
  }
  if (error.message === 'timeout')
    return { sentence: 'The address did not answer within 10 seconds.', isWorthAnother: true }
  if (error.code === 'ENOTFOUND') return { sentence: 'The host name is not known.', isWorthAnother: true }
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(error.code ?? '')) {
    return { sentence: 'The certificate of the address is not trusted.', isWorthAnother: false }
  }
  return { sentence: `The address cannot be reached (${error.code ?? 'no reason given'}).`, isWorthAnother: true }
}
