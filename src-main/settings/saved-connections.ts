import { z } from 'zod'
import { connectionColour } from '../contract/workspace'

/** A connection as it stands on disk: without a single secret. */
export const savedConnection = z.object({
  id: z.string(),
  name: z.string(),
  colour: connectionColour,
  /** Without password. */
  databaseUrl: z.string(),
  dashboardUrl: z.string().nullable(),
})
export type SavedConnection = z.infer<typeof savedConnection>

export const connectionsFile = z.object({
  /** The connection (or `sample`) to open at the next start. */
  lastOpened: z.string().nullable(),
  connections: z.array(savedConnection),
})
export type ConnectionsFile = z.infer<typeof connectionsFile>

export const noConnections: ConnectionsFile = { lastOpened: null, connections: [] }
