import { z } from 'zod'

/** One question of "why does it not work", answered by trying it. */
export const diagnosticCheck = z.object({
  name: z.enum([
    'sign-in',
    'database',
    'table',
    'rights',
    'rows',
    'indexes',
    'clock',
    'key',
    'feed',
    'buffering',
    'keychain',
    'replica',
  ]),
  outcome: z.enum(['passed', 'warning', 'failed', 'skipped']),
  detail: z.string(),
  /** What to do about it; null where there is nothing to do. */
  advice: z.string().nullable(),
  /** SQL for a person to run: the app itself never writes to the source. */
  sql: z.string().nullable(),
})
export type DiagnosticCheck = z.infer<typeof diagnosticCheck>

export const diagnostics = z.object({
  takenAt: z.string(),
  checks: z.array(diagnosticCheck),
  /** The same as text to hand on: without secrets, and without anything that was asked of or answered by a model. */
  report: z.string(),
})
export type Diagnostics = z.infer<typeof diagnostics>
