import { z } from 'zod'

/** A screen with its filters, query and order under a name of the user's. */
export const savedView = z.object({
  id: z.guid(),
  name: z.string().trim().min(1).max(60),
  /** Below `/dashboard`, as `/conversations?q=status%3Aerror&sort=cost`; never the address of another site. */
  address: z
    .string()
    .max(4000)
    .regex(/^\/[a-z]*(?:\?[^#\s]*)?$/, { error: 'is no address of a screen' }),
})
export type SavedView = z.infer<typeof savedView>

export const savedViews = z.array(savedView)
