import path from 'node:path'
import { app, dialog, Notification } from 'electron'
import { z } from 'zod'
import type { Log } from '../core/ports'
import { openJsonFile } from '../settings/json-file'

const remembered = z.object({ toldOfTray: z.boolean() })

const words = {
  title: 'Nexus Desktop keeps running',
  body: 'It is in the tray; quit it from there. The settings decide whether a closed window ends it.',
}

/**
 * What follows when the last window closes: on macOS the app stays, elsewhere it ends, unless the user chose the tray
 * and there is one. The first time it says so, as a window that vanishes looks like an app that ended.
 */
export async function endWithLastWindow(options: {
  staysInTray: () => boolean
  dataDirectory: string
  log: Log
}): Promise<void> {
  const { staysInTray, dataDirectory, log } = options
  const file = await openJsonFile({
    path: path.join(dataDirectory, 'told.json'),
    schema: remembered,
    fallback: { toldOfTray: false },
    log,
  })
  app.on('window-all-closed', () => {
    if (staysInTray()) void tellOnce()
    else if (process.platform !== 'darwin') app.quit()
  })

  async function tellOnce(): Promise<void> {
    if (file.value().toldOfTray) return
    if (Notification.isSupported()) new Notification(words).show()
    else void dialog.showMessageBox({ message: words.title, detail: words.body })
    await file
      .write({ toldOfTray: true })
      .catch((error: unknown) => log.warn('It could not be noted that the tray was explained', { error }))
  }
}
