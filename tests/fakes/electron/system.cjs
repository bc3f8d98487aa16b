'use strict'
/* The desktop around the app: what it would show, ask or open is recorded, and a test says what the answer is. */
const { EventEmitter } = require('node:events')
const { existsSync } = require('node:fs')
const http = require('node:http')
const { records } = require('./records.cjs')
const { state } = require('./app.cjs')
const { strict } = require('./strict.cjs')

exports.dialog = strict('dialog', {
  async showMessageBox(...args) {
    const { message, detail, buttons } = args.at(-1)
    records.dialogs.push({ kind: 'message', message, detail, buttons })
    return { response: records.dialogResponse, checkboxChecked: false }
  },
  async showOpenDialog(...args) {
    const { title, properties } = args.at(-1)
    records.dialogs.push({ kind: 'open', title, properties })
    return { canceled: records.chosenPaths.length === 0, filePaths: records.chosenPaths }
  },
  showErrorBox(title, content) {
    records.dialogs.push({ kind: 'error', message: title, detail: content })
  },
})

exports.shell = strict('shell', {
  async openExternal(url) {
    records.openedExternal.push(url)
  },
  async openPath(path) {
    records.openedPaths.push(path)
    return ''
  },
})

exports.Menu = strict('Menu', {
  buildFromTemplate: (items) => ({ items }),
  setApplicationMenu(menu) {
    records.menu = menu
  },
  getApplicationMenu: () => records.menu,
})

exports.nativeImage = strict('nativeImage', { createFromPath: (file) => ({ file }) })

exports.nativeTheme = strict(
  'nativeTheme',
  Object.assign(new EventEmitter(), { shouldUseDarkColors: false, themeSource: 'system' }),
)

exports.screen = strict('screen', {
  getAllDisplays() {
    if (!state.isReady) throw new Error('screen can only be used after app is ready')
    return [{ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }]
  },
})

/** A notification centre that records; a test clicks by `instance.emit('click')`. */
exports.Notification = class Notification extends EventEmitter {
  constructor({ title, body }) {
    super()
    if (!state.isReady) throw new Error('Cannot create Notification before app is ready')
    Object.assign(this, { title, body })
  }

  show() {
    records.notifications.push(this)
  }

  static isSupported() {
    return true
  }
}

/** A panel that takes an icon only if its file is there, as the real one does. */
exports.Tray = class Tray extends EventEmitter {
  constructor(image) {
    super()
    records.tray = this
    this.setImage(image)
  }

  setImage(image) {
    if (!existsSync(image)) throw new Error(`Failed to load image from path '${image}'`)
    this.image = image
  }

  setToolTip(text) {
    this.toolTip = text
  }

  setContextMenu(menu) {
    this.menu = menu
  }
}

exports.globalShortcut = strict('globalShortcut', {
  register(accelerator, listener) {
    if (records.takenShortcuts.includes(accelerator)) return false
    records.shortcuts[accelerator] = listener
    return true
  },
  unregister(accelerator) {
    delete records.shortcuts[accelerator]
  },
  unregisterAll() {
    records.shortcuts = {}
  },
})

exports.powerMonitor = strict(
  'powerMonitor',
  Object.assign(new EventEmitter(), { isOnBatteryPower: () => records.isOnBattery }),
)

const permissionHandlers = {}
const keep = (name) => (handler) => (permissionHandlers[name] = handler)

/** Chromium's requests, over Node's own. */
exports.net = strict('net', {
  request: ({ session: _session, redirect: _redirect, ...options }) => http.request(options),
})

exports.session = strict('session', {
  fromPartition: (name) => ({ name }),
  defaultSession: strict('defaultSession', {
    handlers: permissionHandlers,
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setDisplayMediaRequestHandler: keep('displayMedia'),
  }),
})
