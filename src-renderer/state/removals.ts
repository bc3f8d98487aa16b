import { useQueryCache } from '@pinia/colada'
import { defineStore } from 'pinia'
import { shallowReactive } from 'vue'
import type { Connection } from '../../src-main/contract/workspace'
import { api } from '../api/client'
import { useToasts } from './toasts'

/** As long as the notice with "Undo" stands. */
const undoMs = 12_000

/**
 * Connections on their way out. The host is told only when the time to undo is over, since with the connection it
 * forgets the password and the key, which nothing could bring back. A page that is closed before keeps the connection.
 */
export const useRemovals = defineStore('removals', () => {
  const pending = shallowReactive(new Map<string, ReturnType<typeof setTimeout>>())
  const toasts = useToasts()
  const queryCache = useQueryCache()

  function undo(id: string): void {
    clearTimeout(pending.get(id))
    pending.delete(id)
  }

  async function finish(id: string): Promise<void> {
    try {
      queryCache.setQueryData(['connections'], await api.connections.remove({ id }))
    } catch (error) {
      toasts.showFailure(error)
    } finally {
      pending.delete(id)
    }
  }

  function remove(connection: Connection): void {
    const { id } = connection
    pending.set(
      id,
      setTimeout(() => void finish(id), undoMs),
    )
    toasts.show(`Removed ${connection.name}`, { action: { label: 'Undo', run: () => undo(id) } })
  }

  return { pending, remove }
})
