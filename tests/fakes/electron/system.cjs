'use strict'
/* The desktop around the app: what it would show, ask or open is recorded, and a test says what the answer is. */
const { EventEmitter } = require('node:events')
const { records } = require('./records.cjs')
const { state } = require('./app.cjs')
const { strict } = require('./strict.cjs')

exports.dialog = strict('dialog', {
  async showMessageBox(...args) {
    const { message, detail, buttons } = args.at(-1)
    records.dialogs.push({ kind: 'message', message, detail, buttons })
    return { response: records.dialogResponse, checkboxChecked: false }
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

const permissionHandlers = {}
const keep = (name) => (handler) => (permissionHandlers[name] = handler)

exports.session = strict('session', {
  defaultSession: strict('defaultSession', {
    handlers: permissionHandlers,
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setDisplayMediaRequestHandler: keep('displayMedia'),
  }),
})
