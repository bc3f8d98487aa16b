import { z } from 'zod'

const usd = z.number().min(-1e9).max(1e9)

/** What the console's file says of a model on a UTC day, summed. */
export const consoleCost = z.object({
  /** `2026-11-20`. */
  day: z.iso.date(),
  /** As the file names it, an id or a name; '' for costs without a model, as web searches. */
  model: z.string().max(255),
  costUsd: usd,
  /** The file's list price of the same, where it has one. */
  listUsd: usd.nullable(),
})
export type ConsoleCost = z.infer<typeof consoleCost>

/** At most a quarter of a busy organisation, and less than a host reads at once. */
export const reconcileInput = z.object({ costs: z.array(consoleCost).min(1).max(2500) })
export type ReconcileInput = z.infer<typeof reconcileInput>

/** A model on a day, in the console's book and in ours. Null: it has nothing of it. */
export const reconciledRow = z.object({
  day: z.string(),
  model: z.string(),
  consoleUsd: usd.nullable(),
  ownUsd: usd.nullable(),
  requests: z.number().int(),
  unpricedRequests: z.number().int(),
  verdict: z.enum(['agrees', 'differs', 'console-only', 'own-only']),
  /** Likely reasons, whole sentences; '' where both agree. */
  reason: z.string(),
})
export type ReconciledRow = z.infer<typeof reconciledRow>

export const reconciliation = z.object({
  /** The days of the file, half open, UTC. */
  from: z.string(),
  to: z.string(),
  asOf: z.string().nullable(),
  consoleUsd: usd,
  ownUsd: usd,
  /** Days in their order, of each the dearest first. */
  rows: z.array(reconciledRow),
  /** What holds for the whole, whole sentences. */
  notes: z.array(z.string()),
})
export type Reconciliation = z.infer<typeof reconciliation>
