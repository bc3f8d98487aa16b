import { z } from 'zod'
import { priceList } from './costs'

/** A rate in US dollars per million tokens; four decimals are what the ledger keeps exact. */
const rateUsd = z
  .number()
  .nonnegative()
  .max(100_000)
  .refine((value) => Math.abs(value * 1e4 - Math.round(value * 1e4)) < 1e-6, {
    error: 'A rate may have at most four decimals',
  })

/** A UTC day, from it inclusive, to it exclusive; null is open. */
const day = z.iso.date().nullable()
const isInOrder = ({ from, to }: { from: string | null; to: string | null }): boolean =>
  from === null || to === null || from < to
const order = { error: 'The last day must lie after the first', path: ['to'] }

const rates = {
  inputUsd: rateUsd,
  outputUsd: rateUsd,
  /** Null: no price, so that a request that used it is unpriced. */
  cacheReadUsd: rateUsd.nullable(),
  cacheWrite5mUsd: rateUsd.nullable(),
  cacheWrite1hUsd: rateUsd.nullable(),
}
export type Rates = z.infer<z.ZodObject<typeof rates>>

/** A price of the user's own. In its days it stands before the price list, for a model of the list or another. */
export const ownPrice = z
  .object({
    id: z.string().min(1).max(64),
    /** A model's id as requests have it; `*` stands for any characters. */
    model: z
      .string()
      .trim()
      .min(1, { error: 'Name a model' })
      .max(255)
      .refine((value) => value.split('*').length <= 3, { error: 'At most two stars' }),
    from: day,
    to: day,
    ...rates,
    /** The whole request by these where its prompt has more than `aboveTokens`. */
    long: z.object({ aboveTokens: z.number().int().positive().max(1e9), ...rates }).nullable(),
    fast: z.object(rates).nullable(),
    note: z.string().max(300),
  })
  .refine(isInOrder, order)
export type OwnPrice = z.infer<typeof ownPrice>

/** Taken off the whole price of a request, web searches too. A domain's own stands before that of all domains. */
export const discount = z
  .object({
    id: z.string().min(1).max(64),
    /** Null: every domain; '' is the requests without one. */
    domain: z.string().max(255).nullable(),
    percent: z
      .number()
      .positive({ error: 'Above 0' })
      .max(100)
      .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6, { error: 'At most two decimals' }),
    from: day,
    to: day,
    note: z.string().max(300),
  })
  .refine(isInOrder, order)
export type Discount = z.infer<typeof discount>

export const ownPrices = z.object({
  prices: z.array(ownPrice).max(500),
  discounts: z.array(discount).max(500),
})
export type OwnPrices = z.infer<typeof ownPrices>
export const noOwnPrices: OwnPrices = { prices: [], discounts: [] }

/** Longest text of a price file; the release's own has 26 kB. */
const longestFile = 180_000

/** What the user would have in force: own prices, and the price list as it is, that of the release, or a file's. */
export const priceDraft = z.object({
  own: ownPrices,
  list: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('keep') }),
    z.object({ kind: z.literal('release') }),
    z.object({
      kind: z.literal('file'),
      name: z.string().max(255),
      text: z.string().max(longestFile, { error: 'The price file is too long' }),
    }),
  ]),
})
export type PriceDraft = z.infer<typeof priceDraft>

/** What another price list changes, a sentence for each model. */
export const listChange = z.object({
  kind: z.enum(['added', 'removed', 'changed']),
  model: z.string(),
  text: z.string(),
})
export type ListChange = z.infer<typeof listChange>

const count = z.number().int().nonnegative()
const side = z.object({ costUsd: z.number().nonnegative(), unpricedRequests: count })

/** What the requests of a model in a month cost with the prices in force, and with the draft. */
export const priceDifference = z.object({
  model: z.string().nullable(),
  /** Start of the month in the chosen zone. */
  month: z.string(),
  requests: count,
  before: side,
  after: side,
})
export type PriceDifference = z.infer<typeof priceDifference>

export const previewEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('list'), changes: z.array(listChange) }),
  /** 0 to 1 of the requests. */
  z.object({ type: z.literal('progress'), share: z.number().min(0).max(1) }),
  z.object({
    type: z.literal('difference'),
    requests: count,
    changedRequests: count,
    before: side,
    after: side,
    /** Only those that the draft changes, the newest month first. */
    items: z.array(priceDifference),
  }),
])
export type PreviewEvent = z.infer<typeof previewEvent>

/** The prices in force and what the user made of them. */
export const priceBook = z.object({
  list: priceList,
  own: ownPrices,
  /** The price list that was loaded from a file; null where the release's own holds. */
  loaded: z.object({ name: z.string(), loadedAt: z.string(), compiled: z.string().nullable() }).nullable(),
  /** The day of the release's own list. */
  releaseCompiled: z.string().nullable(),
  canUndo: z.boolean(),
  /** 0 to 1 while stored requests are being priced anew, null when all of them bear these prices. */
  repricing: z.object({ share: z.number().min(0).max(1) }).nullable(),
})
export type PriceBook = z.infer<typeof priceBook>
