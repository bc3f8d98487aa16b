'use strict'
const { app } = require('./app.cjs')
const { BrowserWindow } = require('./browser-window.cjs')
const { protocol } = require('./protocol.cjs')
const { records } = require('./records.cjs')
const {
  dialog,
  globalShortcut,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  screen,
  session,
  shell,
  Tray,
} = require('./system.cjs')
const { WebContents: webContents } = require('./web-contents.cjs')

// What node's reader of CommonJS exports finds, so that `import { app } from 'electron'` works. `standIn` is for tests.
module.exports = {
  app,
  BrowserWindow,
  dialog,
  globalShortcut,
  Menu,
  nativeTheme,
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
