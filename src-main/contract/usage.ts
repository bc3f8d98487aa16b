import { z } from 'zod'
import { answeredWindow } from './scope'

const count = z.number().int().nonnegative()

/** Figures over a set of requests. Tokens are integers, null counted as 0; money is US dollars, unpriced apart. */
export const figures = z.object({
  requests: count,
  inputTokens: count,
  outputTokens: count,
  totalTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  costUsd: z.number().nonnegative(),
  unpricedRequests: count,
  /** Requests whose cache tokens are not read yet: until this is 0 the cost is a lower bound. */
  usagePending: count,
  activeDomains: count,
  errors: count,
})
export type Figures = z.infer<typeof figures>

export const stats = figures.extend({
  ...answeredWindow,
  previous: figures.extend({ from: z.string(), to: z.string() }),
})
export type Stats = z.infer<typeof stats>

export const bucketSize = z.enum(['minute', '5-minutes', '15-minutes', 'hour', '6-hours', 'day', 'week', 'month'])
export type BucketSize = z.infer<typeof bucketSize>

export const timelinePoint = z.object({
  start: z.string(),
  requests: count,
  inputTokens: count,
  outputTokens: count,
  costUsd: z.number().nonnegative(),
  errors: count,
  activeDomains: count,
})
export type TimelinePoint = z.infer<typeof timelinePoint>

/** One stacked series beside the points: same length and order. `name` null is the rows without one. */
export const timelineSeries = z.object({
  name: z.string().nullable(),
  requests: z.array(count),
  tokens: z.array(count),
  costUsd: z.array(z.number()),
})
export type TimelineSeries = z.infer<typeof timelineSeries>

export const timeline = z.object({
  ...answeredWindow,
  bucket: bucketSize,
  points: z.array(timelinePoint),
  /** Stretches of the window that the local copy does not have, ascending: what they count to is not known. */
  missing: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
  series: z.array(timelineSeries).optional(),
})
export type Timeline = z.infer<typeof timeline>

const share = {
  requests: count,
  inputTokens: count,
  outputTokens: count,
  costUsd: z.number().nonnegative(),
  unpricedRequests: count,
}

export const modelShare = z.object({ model: z.string().nullable(), ...share })
export type ModelShare = z.infer<typeof modelShare>
export const models = z.object({ asOf: z.string().nullable(), items: z.array(modelShare) })
export type Models = z.infer<typeof models>

export const domainShare = z.object({ domain: z.string().nullable(), ...share, lastSeen: z.string() })
export type DomainShare = z.infer<typeof domainShare>
export const domains = z.object({ asOf: z.string().nullable(), items: z.array(domainShare) })
export type Domains = z.infer<typeof domains>

/** All of the overview from one snapshot of the replica, so that its figures agree with each other. */
export const overview = z.object({
  stats,
  timeline,
  models: z.array(modelShare),
  domains: z.array(domainShare),
})
export type Overview = z.infer<typeof overview>

/** What a timeline is stacked by. */
export const breakdown = z.enum(['model', 'domain'])
