import { z } from 'zod'
import { Failure } from '../failure'

/*
 * The price file, as `resources/claude-prices.json` holds it. Nothing in it is trusted: a rate, date or pattern that
 * cannot be used is refused as a whole, because a half-read ledger would show wrong money.
 */

/** US dollars per million tokens. Four decimals are an integer number of picodollars per token after any factor. */
const rate = z
  .number()
  .nonnegative()
  .max(100_000)
  .refine((value) => Math.abs(value * 1e4 - Math.round(value * 1e4)) < 1e-6, {
    error: 'a rate may have at most four decimals',
  })

const rates = z.object({
  input: rate,
  output: rate,
  cache_write_5m: rate.nullable(),
  cache_write_1h: rate.nullable(),
  cache_read: rate.nullable(),
})
export type FileRates = z.infer<typeof rates>

/** A UTC day: from it inclusive, to it exclusive; null is open. */
const day = z.iso.date().nullable()

const period = rates.extend({
  from: day,
  to: day,
  long_prompt: rates.extend({ threshold_prompt_tokens: z.number().int().positive() }).optional(),
  fast: z.array(rates.extend({ from: day, to: day })).optional(),
})
export type FilePeriod = z.infer<typeof period>

const model = z.object({
  id: z.string().min(1),
  name: z.string().min(1),
  family: z.string(),
  aliases: z.array(z.string()),
  match: z
    .string()
    .max(120)
    .refine(isPattern, { error: 'is no regular expression' })
    .refine(isQuickPattern, { error: 'is more of a regular expression than an id needs' }),
  status: z.string(),
  context_window: z.number().int().positive().nullish(),
  periods: z.array(period).min(1),
  confidence: z.string(),
  /** Names of the file's `sources`. */
  sources: z.array(z.string()).default([]),
})
export type FileModel = z.infer<typeof model>

const factor = z.number().positive().max(100)

const priceFile = z.object({
  schema_version: z.literal(1),
  rules: z.object({
    multipliers: z.object({ batch: factor, inference_geo_us: z.object({ factor }) }),
    server_tools: z.object({ web_search_per_1000_requests: rate }),
  }),
  models: z.array(model).min(1),
  /** The day on which the file was put together. */
  compiled: z.iso.date().nullable().default(null),
  sources: z.record(z.string(), z.object({ what: z.string(), url: z.url({ protocol: /^https$/ }) })).default({}),
})
export type PriceFile = z.infer<typeof priceFile>

function isPattern(source: string): boolean {
  try {
    return new RegExp(source).source !== ''
  } catch {
    return false
  }
}

/** A file may come from anywhere: without stars, and with few choices, no id can keep its pattern busy. */
function isQuickPattern(source: string): boolean {
  const choices = source.match(/[?|]/g)?.length ?? 0
  return !/[*+]|\\[1-9]|\)\{|\{\d*,/.test(source) && choices <= 10
}

/** The price file, checked. Throws `invalid-input` with the place of the first fault. */
export function parsePriceFile(data: unknown): PriceFile {
  const parsed = priceFile.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Failure('invalid-input', {
    message: `The price file cannot be used: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
    hint: 'Use a price file of this form, or go back to the list of this release.',
    cause: parsed.error,
  })
}
