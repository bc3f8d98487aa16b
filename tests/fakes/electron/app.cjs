'use strict'
const { EventEmitter } = require('node:events')
const { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { startChromium } = require('./chromium-process.cjs')
const { records } = require('./records.cjs')
const { strict } = require('./strict.cjs')

/** What the other modules of the stand-in share: the folder, the browser, the windows that are open. */
const state = {
  appFolder: '',
  version: '',
  isReady: false,
  isQuitting: false,
  isEnding: false,
  chromium: null,
  windows: new Set(),
}
const paths = new Map([['userData', path.join(os.tmpdir(), `electron-stand-in-${process.pid}`)]])
let becomeReady
const ready = new Promise((resolve) => (becomeReady = resolve))

const events = new EventEmitter()
const beforeReady = (name) => {
  if (state.isReady) throw new Error(`${name} must be called before app is ready`)
}

/** An event that can be prevented; true when nobody did. */
function emitPreventable(emitter, name, details = {}, ...rest) {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true
    },
  }
  emitter.emit(name, event, ...rest)
  return !event.defaultPrevented
}

// As an installed app, where a test names the folder that would hold its archive.
const resources = process.env.STAND_IN_RESOURCES
if (resources) process.resourcesPath = resources

const app = Object.assign(events, {
  isPackaged: resources !== undefined,
  getName: () => 'nexus-desktop',
  setAsDefaultProtocolClient: () => true,
  whenReady: () => ready,
  isReady: () => state.isReady,
  getAppPath: () => state.appFolder,
  getVersion: () => state.version,
  getPath(name) {
    if (!paths.has(name)) throw new Error(`The Electron stand-in has no path ${name}`)
    return paths.get(name)
  },
  setPath(name, folder) {
    mkdirSync(folder, { recursive: true })
    paths.set(name, folder)
  },
  enableSandbox() {
    beforeReady('app.enableSandbox')
    records.sandboxed = true
  },
  setAboutPanelOptions() {},
  setBadgeCount(count) {
    records.badgeCount = count
    return true
  },
  requestSingleInstanceLock,
  releaseSingleInstanceLock: () => rmSync(path.join(paths.get('userData'), 'stand-in-lock'), { force: true }),
  quit,
  exit,
})

/** As Electron's, the lock belongs to the userData folder and the first instance hears of the second. */
function requestSingleInstanceLock() {
  const folder = paths.get('userData')
  const lock = path.join(folder, 'stand-in-lock')
  const message = path.join(folder, 'stand-in-second-instance')
  if (existsSync(lock) && isAlive(Number(readFileSync(lock, 'utf8')))) {
    writeFileSync(message, JSON.stringify(process.argv))
    return false
  }
  writeFileSync(lock, String(process.pid))
  watch(folder, (_change, name) => {
    if (name !== path.basename(message) || !existsSync(message)) return
    const text = readFileSync(message, 'utf8')
    if (text === '') return
    rmSync(message)
    app.emit('second-instance', {}, JSON.parse(text), folder, null)
  }).unref()
  return true
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** before-quit, then every window's close, then will-quit; each may be prevented. */
function quit() {
  if (!emitPreventable(app, 'before-quit')) return
  state.isQuitting = true
  for (const window of state.windows) window.close()
  state.isQuitting = false
  if (state.windows.size > 0) return
  if (emitPreventable(app, 'will-quit')) exit()
}

function exit(code = 0) {
  if (state.isEnding) return
  state.isEnding = true
  for (const window of state.windows) window.destroy()
  app.emit('quit', {}, code)
  state.chromium?.child.kill()
  process.exit(code)
}

function windowClosed(window) {
  state.windows.delete(window)
  // A quit that closes the windows says nothing of the last one.
  if (state.windows.size > 0 || state.isQuitting || state.isEnding) return
  if (app.listenerCount('window-all-closed') > 0) app.emit('window-all-closed')
  else quit()
}

/** Gets ready: Chromium first; then, where a test drives, not before the test has connected. */
async function start({ appFolder, version, isDriven }) {
  Object.assign(state, { appFolder, version })
  if (state.isEnding) return
  state.chromium = await startChromium(paths.get('userData'))
  state.chromium.child.once('exit', () => exit(1))
  if (isDriven) {
    const connected = new Promise((resolve) => (globalThis.__playwright_run = resolve))
    process.stderr.write(`DevTools listening on ${state.chromium.address}\n`)
    await connected
  }
  state.isReady = true
  app.emit('ready')
  becomeReady()
}

module.exports = { app: strict('app', app), state, start, beforeReady, emitPreventable, windowClosed }
