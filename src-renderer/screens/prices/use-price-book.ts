import { useQueryCache } from '@pinia/colada'
import { computed, ref, shallowRef, watch } from 'vue'
import type { OwnPrices, PriceBook, PriceDraft } from '../../../src-main/contract/own-prices'
import { api } from '../../api/client'
import { useDataQuery } from '../../state/data-query'
import { useToasts } from '../../state/toasts'

/** The prices in force, and what the user would make of them: nothing holds before the difference was looked at. */
export function usePriceBook() {
  const toasts = useToasts()
  const queryCache = useQueryCache()
  const query = useDataQuery('prices', {}, (_, signal) => api.prices.get(undefined, { signal }))
  /** The host's answer to the last change, until it is asked again. */
  const adopted = shallowRef<PriceBook | null>(null)
  const book = computed(() => adopted.value ?? query.data.value)
  watch(query.data, () => (adopted.value = null))
  const changedOwn = ref<OwnPrices | null>(null)
  const list = ref<PriceDraft['list']>({ kind: 'keep' })

  const own = computed<OwnPrices>(() => changedOwn.value ?? book.value?.own ?? { prices: [], discounts: [] })
  const isChanged = computed(
    () =>
      list.value.kind !== 'keep' ||
      (changedOwn.value !== null && JSON.stringify(changedOwn.value) !== JSON.stringify(book.value?.own)),
  )
  const draft = computed<PriceDraft>(() => ({ own: own.value, list: list.value }))

  /** Every figure that is made of prices is another now. Each query holds its own failure. */
  function refresh(): void {
    queryCache.invalidateQueries({ key: ['data'] }).catch(() => undefined)
  }

  function discard(): void {
    changedOwn.value = null
    list.value = { kind: 'keep' }
  }

  async function undo(): Promise<void> {
    try {
      adopted.value = await api.prices.undo()
      discard()
      refresh()
      toasts.show('The former prices hold again')
    } catch (error) {
      toasts.showFailure(error)
    }
  }

  return {
    query,
    book,
    own,
    list,
    draft,
    isChanged,
    discard,
    undo,
    change: (next: Partial<OwnPrices>) => (changedOwn.value = { ...own.value, ...next }),
    async apply(): Promise<void> {
      adopted.value = await api.prices.apply(draft.value)
      discard()
      refresh()
      toasts.show('The prices hold', { action: { label: 'Undo', run: () => void undo() } })
    },
  }
}
