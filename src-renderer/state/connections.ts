import { useQuery, useQueryCache, type UseQueryReturn } from '@pinia/colada'
import type { Connection } from '../../src-main/contract/workspace'
import { api } from '../api/client'
import { useHost } from './host'
import { useLive } from './live'

/** Id of the built-in workspace in `connections.open`. */
export const sampleId = 'sample'

/** The saved connections; asked for only where the host lets the user manage them. */
export function useConnections(): UseQueryReturn<Connection[]> {
  const host = useHost()
  return useQuery({
    key: ['connections'],
    query: ({ signal }) => api.connections.list(undefined, { signal }),
    enabled: () => host.can('canManageConnections'),
  })
}

/** Opens a saved connection or the sample workspace. Throws what the call throws. */
export function useOpenConnection(): (id: string) => Promise<void> {
  const live = useLive()
  const queryCache = useQueryCache()
  return async (id) => {
    live.workspace = await api.connections.open({ id })
    // Each query holds its own failure; what rejects here is one that was given up on the way.
    await queryCache.invalidateQueries({ key: ['data'] }).catch(() => undefined)
  }
}
