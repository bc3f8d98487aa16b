import { computed, ref } from 'vue'
import type { OwnPrices, PriceDraft } from '../../../src-main/contract/own-prices'
import { api } from '../../api/client'
import { useDataQuery } from '../../state/data-query'
import { useToasts } from '../../state/toasts'

/** The prices in force, and what the user would make of them: nothing holds before the difference was looked at. */
export function usePriceBook() {
  const toasts = useToasts()
  const query = useDataQuery('prices', {}, (_, signal) => api.prices.get(undefined, { signal }))
  const book = computed(() => query.data.value)
  const changedOwn = ref<OwnPrices | null>(null)
  const list = ref<PriceDraft['list']>({ kind: 'keep' })

  const own = computed<OwnPrices>(() => changedOwn.value ?? book.value?.own ?? { prices: [], discounts: [] })
  const isChanged = computed(
    () =>
      list.value.kind !== 'keep' ||
      (changedOwn.value !== null && JSON.stringify(changedOwn.value) !== JSON.stringify(book.value?.own)),
  )
  const draft = computed<PriceDraft>(() => ({ own: own.value, list: list.value }))

  function discard(): void {
    changedOwn.value = null
    list.value = { kind: 'keep' }
  }

  async function undo(): Promise<void> {
    try {
      await api.prices.undo()
      discard()
      await query.refetch()
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
      await api.prices.apply(draft.value)
      discard()
      await query.refetch()
      toasts.show('The prices hold', { action: { label: 'Undo', run: () => void undo() } })
    },
  }
}
