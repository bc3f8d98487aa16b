import { useQuery } from '@pinia/colada'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { api } from '../../api/client'
import { useLive } from '../../state/live'

/** What a request changed against the one it carries on, and what of the cache it missed. */
export function useTurn(id: MaybeRefOrGetter<string>) {
  const live = useLive()
  return useQuery({
    key: () => ['turn', live.workspaceKey, toValue(id)],
    query: ({ signal }) => api.conversations.turn({ id: toValue(id) }, { signal }),
    // Short: what is read meanwhile may join a former request to it.
    staleTime: 5_000,
    gcTime: 60_000,
  })
}
