'use strict'
const { EventEmitter } = require('node:events')
const { app, emitPreventable, state, windowClosed } = require('./app.cjs')
const { records } = require('./records.cjs')
const { createWebContents } = require('./web-contents.cjs')

const insecure = {
  contextIsolation: false,
  sandbox: false,
  nodeIntegration: true,
  nodeIntegrationInSubFrames: true,
  webSecurity: false,
  webviewTag: true,
}

/** A window without a window manager: it remembers what it was told, and shows its page in Chromium. */
exports.BrowserWindow = class BrowserWindow extends EventEmitter {
  constructor(options) {
    super()
    if (!state.isReady) throw new Error('Cannot create BrowserWindow before app is ready')
    const preferences = options.webPreferences ?? {}
    for (const [name, value] of Object.entries(insecure)) {
      if (preferences[name] === value) throw new Error(`The Electron stand-in does not run with ${name}: ${value}`)
    }
    records.windowOptions.push(options)
    const { x = 0, y = 0, width = 800, height = 600 } = options
    this.bounds = { x, y, width, height }
    this.isShown = options.show !== false
    this.isInFront = false
    this.isLarge = false
    this.isSmall = false
    this.hasEnded = false
    this.webContents = createWebContents({ preload: preferences.preload, size: { width, height } })
    this.webContents.window = this
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'))
    this.webContents.once('destroyed', () => this.destroy())
    state.windows.add(this)
    app.emit('browser-window-created', {}, this)
  }

  loadURL(url) {
    return this.webContents.loadURL(url)
  }

  show() {
    this.isShown = true
    this.emit('show')
  }

  focus() {
    this.isInFront = true
    this.emit('focus')
  }

  blur() {
    this.isInFront = false
    this.emit('blur')
  }

  isFocused() {
    return this.isInFront
  }

  isVisible() {
    return this.isShown
  }

  maximize() {
    this.isLarge = true
    this.emit('maximize')
  }

  isMaximized() {
    return this.isLarge
  }

  minimize() {
    this.isSmall = true
  }

  isMinimized() {
    return this.isSmall
  }

  restore() {
    this.isSmall = false
    this.emit('restore')
  }

  getNormalBounds() {
    return { ...this.bounds }
  }

  setBounds(bounds) {
    Object.assign(this.bounds, bounds)
  }

  isDestroyed() {
    return this.hasEnded
  }

  close() {
    if (!this.hasEnded && emitPreventable(this, 'close')) this.destroy()
  }

  destroy() {
    if (this.hasEnded) return
    this.hasEnded = true
    this.webContents.gone()
    if (!state.isEnding) void this.webContents.page?.close()
    this.emit('closed')
    windowClosed(this)
  }

  static getAllWindows() {
    return [...state.windows]
  }

  static fromWebContents(contents) {
    return contents?.window ?? null
  }
}
