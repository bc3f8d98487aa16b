import { useQueryCache } from '@pinia/colada'
import type { ReportPlan, Reports } from '../../src-main/contract/reports'
import { api } from '../api/client'
import { useDataQuery } from './data-query'
import { useLive } from './live'
import { useToasts } from './toasts'

/** Plans and runs of reports. Each change answers with all of them, and the page shows that at once. */
export function useReports() {
  const live = useLive()
  const cache = useQueryCache()
  const toasts = useToasts()
  const query = useDataQuery('reports', {}, (_input, signal) => api.reports.list(undefined, { signal }))

  async function change(make: () => Promise<Reports>): Promise<boolean> {
    try {
      const answer = await make()
      cache.setQueryData(['data', live.workspaceKey, 'reports', {}], answer)
      return true
    } catch (error) {
      toasts.showFailure(error)
      return false
    }
  }

  const save = (plan: ReportPlan): Promise<boolean> => change(() => api.reports.save(plan))

  async function remove(plan: ReportPlan): Promise<void> {
    if (!(await change(() => api.reports.remove({ id: plan.id })))) return
    toasts.show(`Removed ${plan.name}`, { action: { label: 'Undo', run: () => void save(plan) } })
  }

  async function runNow(plan: ReportPlan): Promise<void> {
    if (await change(() => api.reports.runNow({ id: plan.id }))) toasts.show(`${plan.name} is being made`)
  }

  return { query, save, remove, runNow }
}
