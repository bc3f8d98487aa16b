import { z } from 'zod'

/** By the key of the source: what the user wants to have without a network. */
export const offlineChoices = z.record(
  z.string(),
  z.object({ domains: z.array(z.string()).max(500), conversationsOf: z.array(z.string()).max(5000) }),
)
export type OfflineChoices = z.infer<typeof offlineChoices>
