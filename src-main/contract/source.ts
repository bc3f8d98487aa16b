import { z } from 'zod'

const count = z.number().int().nonnegative()

/** One kind of question that the database was asked since the workspace was opened. */
export const askedStatement = z.object({
  /** What it is for, as a few words. */
  purpose: z.string(),
  /** The SQL; times and ids that change from one asking to the next stand as `…`. */
  statement: z.string(),
  times: count,
  /** How many of them ended in an error or were given up. */
  failed: count,
  rows: count,
  /** From asking to the last row, our own reading included. */
  totalMs: z.number(),
  longestMs: z.number(),
  lastAt: z.string(),
})
export type AskedStatement = z.infer<typeof askedStatement>

/** What comparing hours with the database cost, since the workspace was opened. */
export const comparisonCost = z.object({
  hoursCompared: count,
  /** Hours that were not the same on both sides and were read again. */
  hoursRead: count,
  /** What the database was busy with it. */
  sourceMs: z.number(),
  /** When the whole retention was last compared to its end; null until then. */
  finishedAt: z.string().nullable(),
})
export type ComparisonCost = z.infer<typeof comparisonCost>

/** SQL for a person to run: the app never writes to the database. */
export const databaseAdvice = z.object({
  name: z.enum(['role', 'index']),
  text: z.string(),
  sql: z.string().nullable(),
})
export type DatabaseAdvice = z.infer<typeof databaseAdvice>

/** What we asked your database, and what we would ask of you. */
export const askedReport = z.object({
  since: z.string(),
  /** The most expensive first. */
  statements: z.array(askedStatement),
  connections: z.object({ open: count, most: count }),
  comparison: comparisonCost,
  /** Null while the database did not say enough about itself. */
  advice: z.array(databaseAdvice).nullable(),
})
export type AskedReport = z.infer<typeof askedReport>
