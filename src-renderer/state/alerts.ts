import { useQueryCache } from '@pinia/colada'
import { computed } from 'vue'
import type { AlertRule, Alerts } from '../../src-main/contract/alerts'
import { api } from '../api/client'
import { useDataQuery } from './data-query'
import { useLive } from './live'
import { useToasts } from './toasts'

/** Rules, their states and the inbox. Each change answers with all of them, and the page shows that at once. */
export function useAlerts() {
  const live = useLive()
  const cache = useQueryCache()
  const toasts = useToasts()
  const query = useDataQuery('alerts', {}, (_input, signal) => api.alerts.list(undefined, { signal }))
  const unacknowledged = computed(() => query.data.value?.unacknowledged ?? 0)

  async function change(make: () => Promise<Alerts>): Promise<boolean> {
    try {
      const answer = await make()
      cache.setQueryData(['data', live.workspaceKey, 'alerts', {}], answer)
      return true
    } catch (error) {
      toasts.showFailure(error)
      return false
    }
  }

  const save = (rule: AlertRule): Promise<boolean> => change(() => api.alerts.save(rule))

  async function remove(rule: AlertRule): Promise<void> {
    if (!(await change(() => api.alerts.remove({ id: rule.id })))) return
    toasts.show(`Removed ${rule.name}`, { action: { label: 'Undo', run: () => void save(rule) } })
  }

  return {
    query,
    unacknowledged,
    save,
    remove,
    acknowledge: (ids?: string[]) => change(() => api.alerts.acknowledge(ids ? { ids } : {})),
    snooze: (ruleId: string, minutes: number | null) => change(() => api.alerts.snooze({ ruleId, minutes })),
  }
}
