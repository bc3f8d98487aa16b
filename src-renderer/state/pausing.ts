import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { api } from '../api/client'
import { useLive } from './live'
import { useToasts } from './toasts'

/** Whether the database is left alone, and the switch for it. */
export const usePausing = defineStore('pausing', () => {
  const live = useLive()
  const toasts = useToasts()
  const isBusy = ref(false)
  const isPaused = computed(() => live.workspace?.sync?.phase === 'paused')

  async function setPaused(next: boolean): Promise<void> {
    if (isBusy.value) return
    isBusy.value = true
    try {
      live.workspace = await api.workspace.setPaused({ isPaused: next })
    } catch (error) {
      toasts.showFailure(error)
    } finally {
      isBusy.value = false
    }
  }

  return { isPaused, isBusy, pause: () => setPaused(true), resume: () => setPaused(false) }
})
