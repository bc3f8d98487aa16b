import { computed, watch, type ComputedRef, type Ref } from 'vue'
import type { Overview } from '../../src-main/contract/usage'
import { api } from '../api/client'
import { useDataQuery } from './data-query'
import { useHues } from './hues'
import { useScope } from './scope'

export interface UseOverview {
  data: Readonly<Ref<Overview | undefined>>
  error: Readonly<Ref<unknown>>
  /** True while the figures are those of the scope before. */
  isOutdated: Readonly<Ref<boolean>>
  /** Names what the figures are about; it changes with the scope and not with the data. */
  context: ComputedRef<string>
  retry(): void
}

/** The overview of the scope in the address, stacked by `by`. */
export function useOverview(by: Ref<'none' | 'model' | 'domain'>): UseOverview {
  const { input } = useScope()
  const hues = useHues()
  const ask = computed(() => (by.value === 'none' ? input.value : { ...input.value, by: by.value }))
  const query = useDataQuery('overview', ask, (scope, signal) => api.usage.overview(scope, { signal }))

  watch(
    query.data,
    (overview) => {
      if (!overview) return
      hues.claim(
        'model',
        overview.models.map((share) => share.model),
      )
      hues.claim(
        'domain',
        overview.domains.map((share) => share.domain),
      )
    },
    { immediate: true },
  )

  return {
    data: query.data,
    error: query.error,
    isOutdated: query.isPlaceholderData,
    context: computed(() => JSON.stringify(input.value)),
    retry: () => void query.refetch(),
  }
}
