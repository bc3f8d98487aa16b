import { z } from 'zod'
import { requestRow, type RequestRow } from './conversations'
import { requestId, scope } from './scope'
import { redaction, removedText } from './transcripts'

export const exportFormat = z.enum(['csv', 'json', 'jsonl', 'parquet'])
export type ExportFormat = z.infer<typeof exportFormat>

/** A field of a request row. */
export const exportColumn = z.enum(Object.keys(requestRow.shape) as [keyof RequestRow, ...(keyof RequestRow)[]])
export type ExportColumn = z.infer<typeof exportColumn>

/**
 * Which requests to export, and how: all that a list with the same scope has, or only `ids` of them. The columns are the
 * fields of a request row, all of them or `columns` in their order; with `bodies` the stored JSON texts besides.
 */
export const exportInput = scope.safeExtend({
  format: exportFormat,
  errorsOnly: z.boolean().optional(),
  ids: z.array(requestId).min(1).max(10_000).optional(),
  bodies: z.boolean().optional(),
  columns: z.array(exportColumn).min(1).optional(),
  /** What is taken out of previews and bodies. An answer that was stored in pieces is put together for it. */
  redaction: redaction.optional(),
})
export type ExportInput = z.infer<typeof exportInput>

/** What an export will be made of, before it is begun. */
export const exportPlan = z.object({
  asOf: z.string().nullable(),
  rows: z.number().int(),
  /** With bodies: how many of the rows have theirs here; the others are read from the database, one by one. */
  bodiesKept: z.number().int(),
  /** With redaction: what is taken out of the first few rows; the whole is counted as it is written. */
  redacted: z
    .object({ rows: z.number().int(), removed: z.array(removedText), removedTotal: z.number().int() })
    .optional(),
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
  /** Texts that were taken out. */
  textsRemoved: z.number().int(),
})
export type ExportFile = z.infer<typeof exportFile>

/** What is heard while a file is made; the last event is `done`. */
export const exportEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), doneRows: z.number().int(), totalRows: z.number().int() }),
  z.object({ type: z.literal('done'), file: exportFile }),
])
export type ExportEvent = z.infer<typeof exportEvent>
