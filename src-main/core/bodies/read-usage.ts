import type { RequestUsage } from '../ports'
import { asCount, asText, isObject } from './json-values'

/** What an answer's `usage` says, in the form that prices are made of. */
export type AnswerUsage = Omit<RequestUsage, 'id'>

/**
 * The API's `usage`, each figure null where it is missing or no count. Cache writes without a lifetime count as
 * 5 minutes and say so in `cacheWriteSplitUnknown`.
 */
export function readUsage(usage: unknown, outcome: { stopReason: string | null; isError: boolean }): AnswerUsage {
  const from = isObject(usage) ? usage : {}
  const split = isObject(from.cache_creation) ? from.cache_creation : {}
  const written = asCount(from.cache_creation_input_tokens)
  const written5m = asCount(split.ephemeral_5m_input_tokens)
  const written1h = asCount(split.ephemeral_1h_input_tokens)
  const isSplit = written5m !== null || written1h !== null
  const known = (written5m ?? 0) + (written1h ?? 0)
  // The sum is what is billed: what the split leaves out has an unknown lifetime.
  const unsplit = Math.max(0, (written ?? 0) - known)
  const serverTools = isObject(from.server_tool_use) ? from.server_tool_use : {}
  return {
    inputTokens: asCount(from.input_tokens),
    outputTokens: asCount(from.output_tokens),
    cacheReadTokens: asCount(from.cache_read_input_tokens),
    cacheWrite5mTokens: isSplit ? (written5m ?? 0) + unsplit : written,
    cacheWrite1hTokens: isSplit ? (written1h ?? 0) : written === null ? null : 0,
    cacheWriteSplitUnknown: unsplit > 0,
    webSearches: asCount(serverTools.web_search_requests),
    serviceTier: asText(from.service_tier),
    speed: asText(from.speed),
    inferenceGeo: asText(from.inference_geo),
    stopReason: outcome.stopReason,
    isError: outcome.isError,
    iterations: Array.isArray(from.iterations) && from.iterations.length > 0 ? stringify(from.iterations) : null,
  }
}

/** JSON text, or null for a nesting too deep to write: such a list is no list of attempts. */
function stringify(value: unknown[]): string | null {
  try {
    return JSON.stringify(value)
  } catch {
    return null
  }
}
