import { z } from 'zod'
import { requestId } from './scope'

/** What the user set by hand about where a request belongs. The newest about a request holds; taking it back is undo. */
export const manualLink = z.object({
  /** Its own id, for taking it back. */
  id: z.guid(),
  /** The request that it places, with all that carries that one on. */
  requestId,
  /** The request that it is put behind; null where a conversation of its own begins. */
  toRequestId: requestId.nullable(),
  at: z.iso.datetime(),
})
export type ManualLink = z.infer<typeof manualLink>
