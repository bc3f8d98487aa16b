import { z } from 'zod'
import { manualLink, type ManualLink } from '../contract/manual-links'

/** What the user split and joined by hand, oldest first, by the key of the source that the requests are of. */
export const manualLinksFile = z.record(z.string(), z.array(manualLink))
export type ManualLinksFile = Record<string, ManualLink[]>
