import { z } from 'zod'

/** Ids of the workspaces whose database is left alone until the user says otherwise. */
export const pausedWorkspaces = z.object({ ids: z.array(z.string().max(200)).max(1000) })
