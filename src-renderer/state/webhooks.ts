import { useQuery, useQueryCache } from '@pinia/colada'
import { computed } from 'vue'
import type { Webhook } from '../../src-main/contract/alerts'
import { api } from '../api/client'

const key = ['webhooks']

/** The webhooks of the user, empty until they are known; what a change answers with is set. */
export function useWebhooks() {
  const cache = useQueryCache()
  const query = useQuery({ key, query: ({ signal }) => api.webhooks.list(undefined, { signal }) })
  return computed({
    get: () => query.data.value ?? [],
    set: (next: Webhook[]) => cache.setQueryData(key, next),
  })
}
