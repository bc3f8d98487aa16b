import { useQueryCache } from '@pinia/colada'
import type { ManualLink } from '../../../src-main/contract/manual-links'
import { api } from '../../api/client'
import { useToasts } from '../../state/toasts'

/** Splits and joins by hand. Each says what it did and offers the way back; a failure is told. */
export function useLinks() {
  const toasts = useToasts()
  const queryCache = useQueryCache()

  /** Every conversation may be another now. */
  async function readAgain(): Promise<void> {
    await Promise.all([
      queryCache.invalidateQueries({ key: ['thread'] }),
      queryCache.invalidateQueries({ key: ['turn'] }),
      queryCache.invalidateQueries({ key: ['data'] }),
    ])
  }

  async function takeBack(link: ManualLink): Promise<void> {
    try {
      await api.links.remove({ id: link.id })
      await readAgain()
    } catch (error) {
      toasts.showFailure(error)
    }
  }

  /** Resolves to whether it was done. */
  async function attempt(title: string, work: () => Promise<ManualLink>): Promise<boolean> {
    try {
      const link = await work()
      await readAgain()
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
