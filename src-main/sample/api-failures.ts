import type { SeedRandom } from './seed-random'

export interface ApiFailure {
  /** The stored answer: the API's error object, or what the proxy wrote when it got none. */
  body: unknown
  /** Whether a client would send the same request again. */
  isWorthRetrying: boolean
  waitMs: number
}

function apiError(random: SeedRandom, type: string, message: string): unknown {
  return { type: 'error', error: { type, message }, request_id: `req_01${random.hex(22)}` }
}

export function overloaded(random: SeedRandom): ApiFailure {
  return {
    body: apiError(random, 'overloaded_error', 'Overloaded'),
    isWorthRetrying: true,
    waitMs: random.integer(300, 2500),
  }
}

export function rateLimited(random: SeedRandom): ApiFailure {
  const limit = random.pick([
    '400,000 input tokens per minute',
    '80,000 output tokens per minute',
    '2,000 requests per minute',
  ])
  return {
    body: apiError(
      random,
      'rate_limit_error',
      `This request would exceed the rate limit of your organization of ${limit}.`,
    ),
    isWorthRetrying: true,
    waitMs: random.integer(90, 400),
  }
}

export function invalidRequest(random: SeedRandom, message: string): ApiFailure {
  return {
    body: apiError(random, 'invalid_request_error', message),
    isWorthRetrying: false,
    waitMs: random.integer(120, 900),
  }
}

export function modelRetired(random: SeedRandom, model: string): ApiFailure {
  return {
    body: apiError(random, 'not_found_error', `model: ${model}`),
    isWorthRetrying: false,
    waitMs: random.integer(60, 200),
  }
}

export function keyRefused(random: SeedRandom): ApiFailure {
  return {
    body: apiError(random, 'authentication_error', 'invalid x-api-key'),
    isWorthRetrying: false,
    waitMs: random.integer(40, 120),
  }
}

/** One of the failures that any client sees now and then. */
export function ordinaryFailure(random: SeedRandom): ApiFailure {
  const kind = random.weighted([
    ['overloaded', 34],
    ['rate-limited', 26],
    ['proxy', 20],
    ['api', 10],
    ['invalid', 10],
  ] as const)
  if (kind === 'overloaded') return overloaded(random)
  if (kind === 'rate-limited') return rateLimited(random)
  if (kind === 'invalid') {
    return invalidRequest(
      random,
      random.pick([
        'messages.4.content.0: unexpected `tool_use_id` found in `tool_result` blocks. Each `tool_result` block must have a corresponding `tool_use` block in the previous message.',
        'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for this model',
        'messages: text content blocks must be non-empty',
        'Your credit balance is too low to access the Anthropic API.',
      ]),
    )
  }
  if (kind === 'api') {
    return {
      body: apiError(random, 'api_error', 'Internal server error'),
      isWorthRetrying: true,
      waitMs: random.integer(900, 9000),
    }
  }
  return {
    body: { error: random.pick(['fetch failed', 'socket hang up', 'Upstream request timed out after 600000 ms']) },
    isWorthRetrying: true,
    waitMs: random.integer(10_000, 60_000),
  }
}
