import { z } from 'zod'
import { answeredWindow, scope } from './scope'

const count = z.number().int().nonnegative()

/** What a cost can be divided by. Teams are those of the user's mapping. Days, weeks (from Monday) and months are those of the scope's time zone. */
export const costAxis = z.enum(['domain', 'model', 'team', 'day', 'week', 'month'])
export type CostAxis = z.infer<typeof costAxis>

/** What costs are asked about: the rows of the table, and its columns where it has any. */
export const costInput = scope
  .safeExtend({ rows: costAxis.default('domain'), columns: costAxis.optional() })
  .refine(({ rows, columns }) => columns === undefined || kindOf(rows) !== kindOf(columns), {
    error: 'must differ from rows; only one of the two can be a time',
    path: ['columns'],
  })
export type CostInput = z.infer<typeof costInput>

function kindOf(axis: CostAxis): string {
  return axis === 'domain' || axis === 'model' || axis === 'team' ? axis : 'time'
}

export const costFigures = z.object({
  requests: count,
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  /** US dollars of the requests that have a price. */
  costUsd: z.number().nonnegative(),
  unpricedRequests: count,
})
export type CostFigures = z.infer<typeof costFigures>

/** Requests that are joined to conversations. One of several models or days counts with each. */
export const joinedCost = z.object({ conversations: count, requests: count, costUsd: z.number().nonnegative() })
export type JoinedCost = z.infer<typeof joinedCost>

/** A row or a column: a domain, model or team (null: the requests without one), or a stretch of time by its start. */
const costSlice = z.object({
  key: z.string().nullable(),
  /** Half open, as far as it lies in the window; of times alone. */
  from: z.string().optional(),
  to: z.string().optional(),
  /** Of teams alone: the query of its requests. */
  query: z.string().optional(),
  total: costFigures,
})
export type CostSlice = z.infer<typeof costSlice>

export const costAllocation = z.object({
  /** Times in their order, the rest dearest first. `cells` go by the columns; null where there was no request. */
  rows: z.array(costSlice.extend({ cells: z.array(costFigures.nullable()), joined: joinedCost })),
  columns: z.array(costSlice),
  total: costFigures,
})
export type CostAllocation = z.infer<typeof costAllocation>

export const costMover = z.object({
  key: z.string().nullable(),
  costUsd: z.number().nonnegative(),
  previousCostUsd: z.number().nonnegative(),
})
export type CostMover = z.infer<typeof costMover>

export const unpricedModel = z.object({
  model: z.string().nullable(),
  requests: count,
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
})
export type UnpricedModel = z.infer<typeof unpricedModel>

export const endingModel = z.object({
  model: z.string(),
  name: z.string(),
  /** The day, as `2026-11-30`, on which the API stops to serve it; null where it has stopped and no day is known. */
  endOfLife: z.string().nullable(),
  isRetired: z.boolean(),
  requests: count,
  costUsd: z.number().nonnegative(),
})
export type EndingModel = z.infer<typeof endingModel>

/** What reading from the prompt cache cost, and what the same tokens would have cost as fresh input. Priced requests. */
export const cacheSavings = z.object({
  readTokens: count,
  readCostUsd: z.number().nonnegative(),
  freshCostUsd: z.number().nonnegative(),
})
export type CacheSavings = z.infer<typeof cacheSavings>

/**
 * Turns that read less from the prompt cache than the turn before had left there, by 1,024 tokens or more, and what
 * that cost. Of requests that are joined to the one before.
 */
export const cacheMisses = z.object({ turns: count, missedTokens: count, lostUsd: z.number().nonnegative() })
export type CacheMisses = z.infer<typeof cacheMisses>

/** All from one snapshot of the replica, so that its figures agree with each other. */
export const costs = z.object({
  ...answeredWindow,
  allocation: costAllocation,
  previous: costFigures.extend({ from: z.string(), to: z.string() }),
  /** Requests whose cache tokens are not read yet: until this is 0 costs are a lower bound. */
  usagePending: count,
  /** Largest differences to the former window first. */
  movers: z.object({ domains: z.array(costMover), models: z.array(costMover) }),
  unpriced: z.array(unpricedModel),
  cache: cacheSavings,
  cacheMisses,
  joined: joinedCost,
  endingModels: z.array(endingModel),
})
export type Costs = z.infer<typeof costs>

const rateUsd = z.number().nonnegative()

/** One dated row of the price list, in US dollars per million tokens. Days are UTC, `to` exclusive; null is open. */
export const priceRow = z.object({
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** `long` prompts of more than `aboveTokens`; `fast` mode. */
  band: z.enum(['base', 'long', 'fast']),
  aboveTokens: z.number().int().nullable(),
  inputUsd: rateUsd,
  outputUsd: rateUsd,
  cacheReadUsd: rateUsd.nullable(),
  cacheWrite5mUsd: rateUsd.nullable(),
  cacheWrite1hUsd: rateUsd.nullable(),
})
export type PriceRow = z.infer<typeof priceRow>

export const pricedModel = z.object({
  id: z.string(),
  name: z.string(),
  status: z.string(),
  confidence: z.string(),
  rows: z.array(priceRow),
  sources: z.array(z.object({ what: z.string(), url: z.string() })),
})

export const priceList = z.object({
  /** The day on which the list was put together. */
  compiled: z.string().nullable(),
  /** What the rates are multiplied by. */
  batchFactor: z.number(),
  regionFactor: z.number(),
  webSearchUsdPerThousand: rateUsd,
  models: z.array(pricedModel),
})
export type PriceList = z.infer<typeof priceList>
