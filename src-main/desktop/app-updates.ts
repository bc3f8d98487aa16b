/*
 * Newer versions of the installed app, through electron-updater. Trusts the feed that was packed into the app and
 * nothing else: no setting and no variable can name another. Without one nothing is asked of any host.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'
import type { AppUpdater } from 'electron-updater'
import type { Updates } from '../app/updates-api'
import type { UpdateState } from '../contract/updates'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'

/** The name that electron-builder gives the feed; it lies beside the archive. */
const feedFile = 'app-update.yml'

/** What `publish` set when the app was packed; null for a checkout, and where this kind of package cannot renew itself. */
export async function openUpdates(options: {
  isPackaged: boolean
  resources: string
  /** Ends the app's own work, so that the new version finds nothing in use. */
  beforeInstall: () => Promise<void>
  log: Log
}): Promise<Updates | null> {
  const { isPackaged, resources, beforeInstall, log } = options
  if (!isPackaged || !existsSync(path.join(resources, feedFile))) return null
  const { default: electronUpdater } = await import('electron-updater')
  const updater = electronUpdater.autoUpdater
  updater.logger = { info: () => undefined, warn: () => undefined, error: () => undefined }
  if (!updater.isUpdaterActive()) return null
  return followUpdater(updater, { beforeInstall, cancellation: () => new electronUpdater.CancellationToken(), log })
}

function followUpdater(
  updater: AppUpdater,
  options: {
    beforeInstall: () => Promise<void>
    cancellation: () => { cancel(): void; dispose(): void }
    log: Log
  },
): Updates {
  const { beforeInstall, cancellation, log } = options
  // Nothing is fetched or put in that nobody asked for.
  updater.autoDownload = false
  updater.autoInstallOnAppQuit = false
  let state: UpdateState = { phase: 'idle', version: null, progress: null }
  updater.on('download-progress', ({ percent }) => {
    if (state.phase === 'downloading') state = { ...state, progress: Math.min(Math.max(percent / 100, 0), 1) }
  })
  // The calls reject as well; an event without a listener would be thrown.
  updater.on('error', (error) => log.warn('The update went wrong', { error: error.message }))

  async function attempt<T>(from: UpdateState, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (cause) {
      state = from
      throw new Failure('update-failed', { cause })
    }
  }

  return {
    state: () => state,
    async check() {
      if (state.phase !== 'idle' && state.phase !== 'current' && state.phase !== 'available') return state
      const former = state
      state = { ...state, phase: 'checking' }
      const found = await attempt(former, () => updater.checkForUpdates())
      const version = found?.isUpdateAvailable ? found.updateInfo.version : null
      state = { phase: version === null ? 'current' : 'available', version, progress: null }
      return state
    },
    async download(signal) {
      if (state.phase !== 'available') return state
      const former = state
      state = { ...state, phase: 'downloading', progress: 0 }
      const token = cancellation()
      const cancel = (): void => token.cancel()
      signal?.addEventListener('abort', cancel)
      try {
        await attempt(former, () => updater.downloadUpdate(token as never))
      } finally {
        signal?.removeEventListener('abort', cancel)
        token.dispose()
      }
      state = { ...state, phase: 'ready', progress: null }
      return state
    },
    async install() {
      if (state.phase !== 'ready') throw new Failure('update-failed', { message: 'No newer version has been fetched.' })
      await beforeInstall()
      updater.quitAndInstall(false, true)
      return state
    },
  }
}
