import { z } from 'zod'
import { reportPlan, reportRun } from '../contract/reports'

const sourceReports = z.object({
  /** `handledMs`: up to here every time at which it was due has been seen to. */
  plans: z.array(z.object({ plan: reportPlan, handledMs: z.number() })),
  /** Newest first. */
  runs: z.array(reportRun),
})
export type SourceReports = z.infer<typeof sourceReports>

/** By the key of the database. */
export const reportsFile = z.record(z.string(), sourceReports)
export type ReportsFile = z.infer<typeof reportsFile>

/** Folders that the user chose in the dialog of the desktop: no others are written to. */
export const reportFolders = z.array(z.string())
