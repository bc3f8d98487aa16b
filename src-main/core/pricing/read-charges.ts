import { z } from 'zod'
import type { UsageToPrice } from './usage-to-price'

/** Tokens that are priced together, at one model and by one band. */
export interface Charge {
  model: string | null
  input: number
  output: number
  cacheRead: number
  cacheWrite5m: number
  cacheWrite1h: number
  isSplitUnknown: boolean
}

export interface Charges {
  items: Charge[]
  /**
   * Attempts that were refused before any output, and so left out of the bill. Since 2026-09-24 some categories of
   * refusal are billed even so (Claude Platform release notes), and the counts do not tell the category.
   */
  refused: number
  /** True when `iterations` was there and could not be read. */
  isUnreadable: boolean
}

const count = z.number().int().nonnegative().nullish()

/** `usage.iterations` of the Messages API: one entry an attempt, each with its own counts and maybe its own model. */
const iterationList = z.array(
  z.object({
    type: z.string(),
    model: z.string().nullish(),
    input_tokens: count,
    output_tokens: count,
    cache_read_input_tokens: count,
    cache_creation_input_tokens: count,
    cache_creation: z.object({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count }).nullish(),
  }),
)
type Iteration = z.infer<typeof iterationList>[number]

/** The request's own counts as one charge. */
export function toCharge(usage: UsageToPrice): Charge {
  const cacheWrite5m = atLeastZero(usage.cacheWrite5mTokens)
  return {
    model: usage.model,
    input: atLeastZero(usage.inputTokens),
    output: atLeastZero(usage.outputTokens),
    cacheRead: atLeastZero(usage.cacheReadTokens),
    cacheWrite5m,
    cacheWrite1h: atLeastZero(usage.cacheWrite1hTokens),
    isSplitUnknown: usage.cacheWriteSplitUnknown && cacheWrite5m > 0,
  }
}

/**
 * What the request is billed for. With `iterations` that is each attempt at its own model, since the top-level counts
 * cover the returned message alone; an attempt without output that a fallback followed was refused and is not billed.
 */
export function readCharges(usage: UsageToPrice): Charges {
  if (usage.iterations === null) return { items: [toCharge(usage)], refused: 0, isUnreadable: false }
  const iterations = parseIterations(usage.iterations)
  if (iterations === null) return { items: [toCharge(usage)], refused: 0, isUnreadable: true }
  if (iterations.length === 0) return { items: [toCharge(usage)], refused: 0, isUnreadable: false }
  const billed = iterations.filter(
    (iteration, i) => iterations[i + 1]?.type !== 'fallback_message' || (iteration.output_tokens ?? 0) > 0,
  )
  return {
    items: billed.map((iteration) => toIterationCharge(iteration, usage.model)),
    refused: iterations.length - billed.length,
    isUnreadable: false,
  }
}

function parseIterations(text: string): Iteration[] | null {
  try {
    const data: unknown = JSON.parse(text)
    const parsed = iterationList.safeParse(data ?? [])
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

function toIterationCharge(iteration: Iteration, ownModel: string | null): Charge {
  const split = iteration.cache_creation
  const cacheWrite1h = split?.ephemeral_1h_input_tokens ?? 0
  const cacheWrite5m = split ? (split.ephemeral_5m_input_tokens ?? 0) : (iteration.cache_creation_input_tokens ?? 0)
  return {
    model: iteration.model ?? ownModel,
    input: iteration.input_tokens ?? 0,
    output: iteration.output_tokens ?? 0,
    cacheRead: iteration.cache_read_input_tokens ?? 0,
    cacheWrite5m,
    cacheWrite1h,
    isSplitUnknown: !split && cacheWrite5m > 0,
  }
}

/** A count below zero is a fault of the row; it must not make a request earn money. */
function atLeastZero(count: number | null): number {
  return count === null || count < 0 ? 0 : count
}
