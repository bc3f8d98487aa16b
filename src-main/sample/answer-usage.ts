import type { ApiUsage } from './blocks'
import type { SampleModel } from './models'
import type { SeedRandom } from './seed-random'

/** How a client asks for caching: not at all, everything for 5 minutes, or the instructions for an hour. */
export type Caching = 'none' | '5m' | '1h'

/**
 * What the API has cached of one transcript, and so what the next request reads and writes. A prompt is cached up to
 * its last message; what was not asked for within its lifetime is written again.
 */
export class PromptCache {
  #cachedTokens = 0
  #cachedAtMs = Number.NEGATIVE_INFINITY

  constructor(
    readonly caching: Caching,
    /** Tokens of instructions and tools, which other conversations of the client share. */
    readonly sharedTokens: number,
    readonly random: SeedRandom,
  ) {}

  /** Usage of a request whose whole prompt has `promptTokens`. */
  use(promptTokens: number, outputTokens: number, timestampMs: number): ApiUsage {
    const base = { output_tokens: outputTokens, service_tier: 'standard' }
    if (this.caching === 'none') {
      return { input_tokens: promptTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, ...base }
    }
    const isFirst = this.#cachedTokens === 0
    const ageMs = timestampMs - this.#cachedAtMs
    let read = 0
    if (ageMs < 5 * 60_000) read = Math.min(this.#cachedTokens, promptTokens)
    else if (isFirst ? this.random.chance(0.6) : this.caching === '1h' && ageMs < 3_600_000) read = this.sharedTokens
    const input = this.random.integer(2, 9)
    const written = Math.max(0, promptTokens - read - input)
    const writtenForHour = this.caching === '1h' ? Math.min(written, Math.max(0, this.sharedTokens - read)) : 0
    this.#cachedTokens = read + written
    this.#cachedAtMs = timestampMs
    return {
      input_tokens: input,
      cache_creation_input_tokens: written,
      cache_read_input_tokens: read,
      cache_creation: {
        ephemeral_5m_input_tokens: written - writtenForHour,
        ephemeral_1h_input_tokens: writtenForHour,
      },
      ...base,
    }
  }
}

/** How long such an answer takes: the wait for the first token, then the writing. */
export function answerTimeMs(model: SampleModel, usage: ApiUsage, random: SeedRandom): number {
  const promptTokens = usage.input_tokens + (usage.cache_creation_input_tokens ?? 0)
  const firstTokenMs = random.around(520, 0.35) + promptTokens * 0.05
  const writingMs = (usage.output_tokens * 1000) / (model.outputTokensPerSecond * random.around(1, 0.15))
  const searchingMs = (usage.server_tool_use?.web_search_requests ?? 0) * random.around(1300, 0.3)
  return Math.round(firstTokenMs + writingMs + searchingMs)
}
