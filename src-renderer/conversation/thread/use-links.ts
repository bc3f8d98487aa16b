import { useQueryCache } from '@pinia/colada'
import type { ManualLink } from '../../../src-main/contract/manual-links'
import { api } from '../../api/client'
import { useToasts } from '../../state/toasts'

/** Splits and joins by hand. Each says what it did and offers the way back; a failure is told. */
export function useLinks() {
  const toasts = useToasts()
  const queryCache = useQueryCache()

  /** Every conversation may be another now. */
  function readAgain(): void {
    for (const key of ['thread', 'turn', 'data']) {
      // Each query holds its own failure; the change itself is kept.
      queryCache.invalidateQueries({ key: [key] }).catch(() => undefined)
    }
  }

  async function takeBack(link: ManualLink): Promise<void> {
    try {
      await api.links.remove({ id: link.id })
      readAgain()
    } catch (error) {
      toasts.showFailure(error)
    }
  }

  /** Resolves to whether it was done. */
  async function attempt(title: string, work: () => Promise<ManualLink>): Promise<boolean> {
    try {
      const link = await work()
      readAgain()
      toasts.show(title, { action: { label: 'Undo', run: () => void takeBack(link) } })
      return true
    } catch (error) {
      toasts.showFailure(error)
      return false
    }
  }

  return {
    split: (id: string) => attempt('A conversation of its own begins here', () => api.links.split({ id })),
    join: (id: string, toId: string) => attempt('Joined', () => api.links.join({ id, toId })),
  }
}
