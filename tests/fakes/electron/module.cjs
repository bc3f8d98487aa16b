'use strict'
const { EventEmitter } = require('node:events')
const { app } = require('./app.cjs')
const { BrowserWindow } = require('./browser-window.cjs')
const { protocol } = require('./protocol.cjs')
const { records } = require('./records.cjs')
const { strict } = require('./strict.cjs')
const {
  dialog,
  globalShortcut,
  Menu,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  screen,
  session,
  shell,
  Tray,
} = require('./system.cjs')
const { WebContents: webContents } = require('./web-contents.cjs')

/** Electron's own, which electron-updater tells that it ends the app. */
const autoUpdater = strict('autoUpdater', new EventEmitter())

// What node's reader of CommonJS exports finds, so that `import { app } from 'electron'` works. `standIn` is for tests.
module.exports = {
  app,
  autoUpdater,
  BrowserWindow,
  dialog,
  globalShortcut,
  Menu,
  nativeImage,
  nativeTheme,
  net,
  Notification,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
  standIn: records,
  webContents,
}
