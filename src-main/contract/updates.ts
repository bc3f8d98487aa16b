import { z } from 'zod'

/** Where the search for a newer version of the app stands. */
export const updateState = z.object({
  phase: z.enum(['idle', 'checking', 'current', 'available', 'downloading', 'ready']),
  /** The newer version; null where none is known. */
  version: z.string().nullable(),
  /** Of the download, 0 to 1; null where nothing is being fetched. */
  progress: z.number().min(0).max(1).nullable(),
})
export type UpdateState = z.infer<typeof updateState>
