import { z } from 'zod'
import { requestId } from './scope'

/** Which texts of requests are kept on this machine beside those that were opened, and for how long. */
export const offlineSettings = z.object({
  /** How many of the newest requests; 0 keeps none by itself. */
  newest: z.number().int().min(0).max(5000),
  /** A text that was not opened for so long goes, unless it is still wanted. */
  days: z.number().int().min(1).max(3650),
  /** All texts together, compressed. */
  megabytes: z.number().int().min(16).max(100_000),
  /** With a key that lies in the keychain. */
  encrypt: z.boolean(),
})
export type OfflineSettings = z.infer<typeof offlineSettings>
export const defaultOffline: OfflineSettings = { newest: 200, days: 60, megabytes: 512, encrypt: false }

/** What is kept of the open workspace. */
export const offlineState = z.object({
  bodies: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  maxBytes: z.number().int().positive(),
  isEncrypted: z.boolean(),
  /** Why nothing is fetched to be kept just now; null where nothing holds it up. */
  heldBy: z.enum(['keychain', 'battery', 'metered', 'paused']).nullable(),
  /** Domains all of whose requests are kept. */
  domains: z.array(z.string()),
  /** Requests whose whole conversations are kept, beside those that are pinned. */
  conversationsOf: z.array(requestId),
})
export type OfflineState = z.infer<typeof offlineState>

/** A domain, or the conversation of a request. */
export const offlineChoice = z
  .object({ domain: z.string().max(255).optional(), conversationOf: requestId.optional(), keep: z.boolean() })
  .refine(({ domain, conversationOf }) => (domain === undefined) !== (conversationOf === undefined), {
    error: 'Name either a domain or a request.',
  })

/** What a page knows of the machine's power and network; null where the browser does not tell. */
export const powerReport = z.object({ isOnBattery: z.boolean().nullable(), isMetered: z.boolean().nullable() })
