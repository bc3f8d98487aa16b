import { z } from 'zod'
import { clockTime } from './notifications'
import { longestQuery } from './scope'

const id = z.string().min(1).max(64)
const name = z.string().trim().min(1).max(80)

export const reportFormat = z.enum(['html', 'csv', 'parquet'])
export type ReportFormat = z.infer<typeof reportFormat>

/** When a report is due, by the clock of the chosen zone. It is of the last whole day, week (from Monday) or month. */
export const reportSchedule = z.discriminatedUnion('every', [
  z.object({ every: z.literal('day'), at: clockTime }),
  /** 1 is Monday. */
  z.object({ every: z.literal('week'), weekday: z.number().int().min(1).max(7), at: clockTime }),
  z.object({ every: z.literal('month'), day: z.number().int().min(1).max(28), at: clockTime }),
])
export type ReportSchedule = z.infer<typeof reportSchedule>

const question = {
  name,
  /** In the query language; '' is every request. */
  q: z.string().max(longestQuery),
  schedule: reportSchedule,
}

export const reportPlan = z
  .object({
    id,
    isOn: z.boolean(),
    ...question,
    formats: z.array(reportFormat).min(1, { error: 'Choose a format' }).max(3),
    /** On the desktop a folder that was chosen in its dialog; on a server '' or a name below the allowed one; null: none. */
    folder: z.string().max(4000).nullable(),
    webhookIds: z.array(id).max(10),
  })
  .refine(({ folder, webhookIds }) => folder !== null || webhookIds.length > 0, {
    error: 'Choose a folder or a webhook',
    path: ['folder'],
  })
export type ReportPlan = z.infer<typeof reportPlan>

export const reportDelivery = z.object({
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('folder'), folder: z.string() }),
    z.object({ kind: z.literal('webhook'), webhookId: id }),
  ]),
  name: z.string(),
  /** `skipped`: a later report came before this one could be made. */
  outcome: z.enum(['waiting', 'delivered', 'failed', 'skipped']),
  /** Why it failed, as a sentence. */
  detail: z.string(),
  tries: z.number().int(),
  nextTryAt: z.string().nullable(),
  /** Names of the files that are in the folder. */
  files: z.array(z.string()),
})
export type ReportDelivery = z.infer<typeof reportDelivery>

/** A report that was due, or asked for. */
export const reportRun = z.object({
  id,
  planId: id,
  name: z.string(),
  /** Its period, half open. */
  from: z.string(),
  to: z.string(),
  /** When it was due; null where it was asked for by hand. */
  dueAt: z.string().nullable(),
  startedAt: z.string(),
  /** When its figures were taken last; null before. */
  madeAt: z.string().nullable(),
  /** Made after its time: the app was not running, or the database away. */
  isLate: z.boolean(),
  /** Why it is not made yet, as a sentence. */
  waitsFor: z.string().nullable(),
  deliveries: z.array(reportDelivery),
  /** The notice in the inbox that says it could not be delivered. */
  noticeId: z.string().nullable(),
})
export type ReportRun = z.infer<typeof reportRun>

/** Plans in the order of their names, runs newest first. */
export const reports = z.object({
  plans: z.array(z.object({ plan: reportPlan, nextAt: z.string().nullable() })),
  runs: z.array(reportRun),
  /** How a folder is named: by the dialog of the desktop, below the one that a server allows, or not at all. */
  folders: z.enum(['dialog', 'below', 'none']),
})
export type Reports = z.infer<typeof reports>

/** Enough of a plan to see what it would say of the period that ended last. */
export const reportQuestion = z.object(question)
export type ReportQuestion = z.infer<typeof reportQuestion>

/** A report as it is read: words and figures that are written out already. */
export const reportDocument = z.object({
  title: z.string(),
  lines: z.array(z.string()),
  sections: z.array(
    z.object({
      title: z.string(),
      lines: z.array(z.string()),
      columns: z.array(z.object({ name: z.string(), isFigure: z.boolean() })),
      rows: z.array(z.array(z.string())),
    }),
  ),
})
export type ReportDocument = z.infer<typeof reportDocument>
