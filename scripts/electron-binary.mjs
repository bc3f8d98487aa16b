import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { projectRoot } from './project.mjs'

/** Long enough for 120 MB over a slow line, short enough not to be taken for a hang. */
const downloadLimitMs = 180_000
const packageFolder = path.join(projectRoot, 'node_modules', 'electron')

/**
 * Where Electron can be started from on this machine, or the reason why it cannot, as the end of a sentence. Electron's
 * npm package has no binary in it: the first start fetches it, where there is a display to use it on.
 */
export function findElectron(environment = process.env) {
  if (process.platform === 'linux') {
    if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return { reason: 'there is no display' }
    // Chromium's sandbox refuses root, and the app never runs without its sandbox.
    if (process.getuid() === 0) return { reason: 'Electron does not run as root' }
  }
  const present = installedBinary(environment)
  if (present) return { binary: present }
  console.log('Fetching Electron (about 120 MB, once).')
  spawnSync(process.execPath, [path.join(packageFolder, 'install.js')], {
    stdio: 'ignore',
    timeout: downloadLimitMs,
    env: environment,
  })
  const fetched = installedBinary(environment)
  return fetched ? { binary: fetched } : { reason: "Electron's binary could not be downloaded" }
}

/** The layout that Electron's own install.js leaves: `path.txt` names the file below `dist`. */
function installedBinary(environment) {
  const pathFile = path.join(packageFolder, 'path.txt')
  const override = environment.ELECTRON_OVERRIDE_DIST_PATH
  if (!override && !existsSync(pathFile)) return undefined
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron'
  const binary = path.join(override ?? path.join(packageFolder, 'dist'), name)
  return existsSync(binary) ? binary : undefined
}
