import type { Settings } from '../contract/host'
import { createTurns } from '../core/in-turn'
import type { AppApi } from '../rpc/app-api'
import type { JsonFile } from '../settings/json-file'
import type { Offline } from './offline-api'
import type { Workspaces } from './workspaces'

/** The settings, made to hold as they are changed. */
export function createSettingsApi(options: {
  file: JsonFile<Settings>
  offline: Pick<Offline, 'apply'>
  workspaces: Pick<Workspaces, 'current' | 'reopen'>
}): { api: AppApi['settings']; onChange(listener: (settings: Settings) => void): () => void } {
  const { file, offline, workspaces } = options
  const listeners = new Set<(settings: Settings) => void>()
  // What a change makes of kept texts and their key goes by the settings before it.
  const inTurn = createTurns()

  async function keepDays(days: number): Promise<void> {
    await workspaces.current()?.keepDays(days)
    await workspaces.reopen()
  }

  return {
    api: {
      get: async () => file.value(),
      async update(patch) {
        const former = await inTurn(async () => {
          const before = file.value()
          if (patch.offline) await offline.apply(patch.offline)
          await file.write({ ...before, ...patch })
          return before
        })
        const next = file.value()
        for (const listener of listeners) listener(next)
        if (patch.offline) workspaces.current()?.sync.fetchForOffline()
        if (patch.retentionDays !== undefined && patch.retentionDays !== former.retentionDays) {
          await keepDays(file.value().retentionDays)
        }
        return file.value()
      },
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
