import type { Updates } from '../app/updates-api'
import { asFailure } from '../core/failure'
import type { Log } from '../core/ports'

/** Not while the app starts. */
const firstAfterMs = 60_000
const everyMs = 24 * 3_600_000

/** Looks for a newer version once a day and tells of each once. Returns the way to stop. */
export function lookForUpdates(updates: Updates, onFound: (version: string) => void, log: Log): () => void {
  let told: string | null = null
  let timer = setTimeout(() => void look(), firstAfterMs)

  async function look(): Promise<void> {
    timer = setTimeout(() => void look(), everyMs)
    try {
      const { phase, version } = await updates.check()
      if (phase !== 'available' || version === null || version === told) return
      told = version
      onFound(version)
    } catch (error) {
      log.info('No newer version could be looked for', { code: asFailure(error).code })
    }
  }

  return () => clearTimeout(timer)
}
