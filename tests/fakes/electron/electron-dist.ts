import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What @electron/fuses looks for in a binary; the version of the wire, its length and the fuses follow. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const fusesOfElectron45 = '101100011'

const otherFiles = [
  'LICENSE',
  'LICENSES.chromium.html',
  'chrome-sandbox',
  'chrome_100_percent.pak',
  'chrome_crashpad_handler',
  'locales/en-US.pak',
  'locales/de.pak',
  'resources.pak',
]

/**
 * A made-up distribution of Electron for Linux: electron-builder packages it, nothing can run it. Without the default
 * app and the file `version`, which electron-builder takes out of a real one.
 */
export function makeElectronDist(folder: string): void {
  for (const name of ['locales', 'resources']) mkdirSync(path.join(folder, name), { recursive: true })
  for (const name of otherFiles) writeFileSync(path.join(folder, name), '')
  const wire = Buffer.from([1, fusesOfElectron45.length])
  writeFileSync(
    path.join(folder, 'electron'),
    Buffer.concat([Buffer.from(`#!/bin/false\n${fuseSentinel}`), wire, Buffer.from(`${fusesOfElectron45}\n`)]),
  )
  chmodSync(path.join(folder, 'electron'), 0o755)
}
