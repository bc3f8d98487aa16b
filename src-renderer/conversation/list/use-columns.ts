import { computed } from 'vue'
import { useKeptColumns } from '../../state/kept-columns'
import { useScope } from '../../state/scope'
import { readColumns, usualColumns, type RequestColumnId } from './request-columns'

/** The columns of the list: those of the address, as a saved view has them, else those that this browser keeps. */
export function useColumns() {
  const { scope, change } = useScope()
  const kept = useKeptColumns()
  const ids = computed(() => readColumns(scope.value.columns ?? kept.text))

  function choose(next: readonly RequestColumnId[]): void {
    const text = next.join(',')
    if (scope.value.columns !== undefined) void change({ columns: text })
    else kept.keep(text === usualColumns.join(',') ? '' : text)
  }

  return {
    ids,
    isUsual: computed(() => ids.value.join(',') === usualColumns.join(',')),
    choose,
    reset(): void {
      kept.keep('')
      if (scope.value.columns !== undefined) void change({ columns: undefined })
    },
  }
}
