import { defineStore } from 'pinia'
import { ref } from 'vue'
import { api } from '../api/client'
import { useLive } from './live'
import { useToasts } from './toasts'

/** "Look now", wherever it is asked for: one at a time, and what goes wrong is said. */
export const useSyncNow = defineStore('sync-now', () => {
  const isSyncing = ref(false)
  const live = useLive()
  const toasts = useToasts()

  async function syncNow(): Promise<void> {
    if (live.link === 'lost') live.retryNow()
    if (isSyncing.value) return
    isSyncing.value = true
    try {
      live.workspace = await api.workspace.syncNow()
    } catch (error) {
      toasts.showFailure(error)
    } finally {
      isSyncing.value = false
    }
  }

  return { isSyncing, syncNow }
})
