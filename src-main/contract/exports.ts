import { z } from 'zod'
import { requestId, scope } from './scope'

export const exportFormat = z.enum(['csv', 'json', 'jsonl', 'parquet'])
export type ExportFormat = z.infer<typeof exportFormat>

/**
 * Which requests to export, and how: all that a list with the same scope has, or only `ids` of them. The columns are the
 * fields of a request row; with `bodies` the stored JSON texts besides.
 */
export const exportInput = scope.safeExtend({
  format: exportFormat,
  errorsOnly: z.boolean().optional(),
  ids: z.array(requestId).min(1).max(10_000).optional(),
  bodies: z.boolean().optional(),
})
export type ExportInput = z.infer<typeof exportInput>

/** What an export will be made of, before it is begun. */
export const exportPlan = z.object({
  asOf: z.string().nullable(),
  rows: z.number().int(),
  /** With bodies: how many of the rows have theirs here; the others are read from the database, one by one. */
  bodiesKept: z.number().int(),
})
export type ExportPlan = z.infer<typeof exportPlan>

/** A finished file. It waits for ten minutes to be fetched, once, from `path` below the host's own origin. */
export const exportFile = z.object({
  id: z.uuid(),
  name: z.string(),
  path: z.string(),
  rows: z.number().int(),
  sizeBytes: z.number().int(),
  asOf: z.string().nullable(),
  /** Rows whose bodies were neither kept here nor to be had from the database; their two columns are null. */
  bodiesMissing: z.number().int(),
})
export type ExportFile = z.infer<typeof exportFile>

/** What is heard while a file is made; the last event is `done`. */
export const exportEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), doneRows: z.number().int(), totalRows: z.number().int() }),
  z.object({ type: z.literal('done'), file: exportFile }),
])
export type ExportEvent = z.infer<typeof exportEvent>
