import { computed, watch, type Ref } from 'vue'
import type { TrendBucket, TrendInput } from '../../src-main/contract/trends'
import { api } from '../api/client'
import { useDataQuery } from './data-query'
import { useHues } from './hues'
import { useScope } from './scope'

export type TrendStep = TrendBucket | 'auto'
export type TrendSplitChoice = 'none' | 'domain' | 'model' | 'type'

/** The trends of the scope in the address, in three questions: the quick one is not held up by the others. */
export function useTrends(step: Ref<TrendStep>, by: Ref<TrendSplitChoice>) {
  const { input } = useScope()
  const hues = useHues()
  const ask = computed<TrendInput>(() => ({
    ...input.value,
    ...(step.value !== 'auto' && { bucket: step.value }),
    ...(by.value !== 'none' && { by: by.value }),
  }))
  // Each answer carries its split: charts of the former one keep their own names.
  const series = useDataQuery('trends', ask, async (asked, signal) => ({
    by: asked.by ?? ('none' as const),
    data: await api.trends.series(asked, { signal }),
  }))
  const times = useDataQuery('trend-times', ask, async (asked, signal) => ({
    by: asked.by ?? ('none' as const),
    data: await api.trends.responseTimes(asked, { signal }),
  }))
  const withoutSplit = computed<TrendInput>(() => ({ ...ask.value, by: undefined }))
  const patterns = useDataQuery('trend-patterns', withoutSplit, (asked, signal) =>
    api.trends.patterns(asked, { signal }),
  )

  watch(
    series.data,
    (answer) => {
      if (!answer || answer.by === 'none') return
      const keys = answer.data.series.filter(({ isOthers }) => !isOthers).map(({ key }) => key)
      hues.claim(answer.by, keys)
    },
    { immediate: true },
  )
  watch(
    patterns.data,
    (data) => {
      if (!data) return
      hues.claim(
        'stop',
        data.stopReasons.map(({ key }) => key),
      )
      hues.claim(
        'tool',
        data.tools.map(({ name }) => name),
      )
    },
    { immediate: true },
  )

  const queries = [series, times, patterns]
  return {
    series,
    times,
    patterns,
    error: computed(() => queries.map(({ error }) => error.value).find(Boolean)),
    isOutdated: computed(() => queries.some(({ isPlaceholderData }) => isPlaceholderData.value)),
    retry: () => {
      for (const query of queries) void query.refetch()
    },
  }
}
