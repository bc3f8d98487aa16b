'use strict'
const { EventEmitter } = require('node:events')
const { app, emitPreventable, state } = require('./app.cjs')
const { toAppUrl, toChromiumUrl } = require('./app-url.cjs')
const { createCodec, pageWorldSource, preloadWorldSource } = require('./in-page.cjs')
const { handlerOf } = require('./protocol.cjs')
const { records } = require('./records.cjs')
const { strict } = require('./strict.cjs')
const { readFileSync } = require('node:fs')

const preloadWorld = 'stand-in-preload'
const binding = '__standInSend'
const codec = createCodec()
/** What Electron says for a load that was stopped, as Chromium's net errors do. */
const loadFailed = { code: -6, text: 'ERR_FILE_NOT_FOUND' }

let lastId = 0

/** A page of Chromium with the preload in an isolated world, its messages, its guarded navigation. */
class WebContents extends EventEmitter {
  constructor(preferences) {
    super()
    this.id = ++lastId
    this.ipc = strict('webContents.ipc', new EventEmitter())
    this.session = require('./system.cjs').session.defaultSession
    this.navigationHistory = strict('navigationHistory', {
      goBack: () => void this.page.goBack(),
      goForward: () => void this.page.goForward(),
    })
    this.isGone = false
    /** The address that the app itself loads: such a navigation is not asked about. */
    this.expectedUrl = null
    this.windowOpenHandler = () => ({ action: 'allow' })
    this.opened = this.open(preferences)
  }

  async open({ preload, size }) {
    this.page = await state.chromium.context.newPage()
    this.cdp = await state.chromium.context.newCDPSession(this.page)
    this.page.on('pageerror', (error) => records.pageErrors.push(error.stack ?? error.message))
    this.page.on('console', (message) => {
      if (message.type() === 'error') records.consoleErrors.push(message.text())
    })
    this.page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }))
    this.page.on('close', () => this.gone())
    this.page.on('popup', (popup) => popup.close())
    this.page.on('load', () => this.emit('did-finish-load'))
    await this.page.route('**', (route) => this.answer(route))
    await this.cdp.send('Page.enable')
    await this.cdp.send('Runtime.enable')
    this.targetId = (await this.cdp.send('Target.getTargetInfo')).targetInfo.targetId
    this.mainFrameId = (await this.cdp.send('Page.getFrameTree')).frameTree.frame.id
    this.listen()
    await this.cdp.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false })
    await this.cdp.send('Runtime.addBinding', { name: binding, executionContextName: preloadWorld })
    await this.cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: pageWorldSource() })
    await this.cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      source: preloadWorldSource(binding, readFileSync(preload, 'utf8')),
      worldName: preloadWorld,
    })
  }

  listen() {
    this.cdp.on('Page.frameNavigated', ({ frame }) => {
      if (frame.id !== this.mainFrameId) return
      this.mainFrame = this.createFrame(toAppUrl(frame.url))
      this.emit('did-navigate', {}, this.mainFrame.url, 200, 'OK')
    })
    this.cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const isPreload = context.name === preloadWorld && context.auxData?.frameId === this.mainFrameId
      if (isPreload) this.mainFrame.contextId = context.id
    })
    this.cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name !== binding) return
      const { channel, args } = JSON.parse(payload)
      this.ipc.emit(channel, { sender: this, senderFrame: this.mainFrame, ports: [] }, ...codec.unpack(args))
    })
    this.cdp.on('Page.windowOpen', ({ url }) => {
      const { action } = this.windowOpenHandler({ url: toAppUrl(url), frameName: '', disposition: 'foreground-tab' })
      if (action === 'deny') records.deniedWindows.push(toAppUrl(url))
    })
  }

  /** The frame of one page: it ends with the page, even where the next one has the same address. */
  createFrame(url) {
    const contents = this
    const frame = strict('webFrameMain', {
      url,
      parent: null,
      contextId: null,
      isDestroyed: () => contents.isGone || contents.mainFrame !== frame,
      send(channel, ...args) {
        if (frame.isDestroyed()) throw new Error('Render frame was disposed before WebFrameMain could be accessed')
        const packed = JSON.stringify(codec.pack(args))
        contents.evaluate(frame.contextId, `${binding}Receive(${JSON.stringify(channel)}, ${packed})`)
      },
    })
    return frame
  }

  evaluate(contextId, expression) {
    this.cdp.send('Runtime.evaluate', { contextId, expression }).catch((error) => {
      // The page may have gone while the message was on its way, as in Electron.
      if (!this.isGone) records.pageErrors.push(`A message was not delivered: ${error.message}`)
    })
  }

  /** Every request of the page: guarded if it navigates, then served by the app's protocol or by nobody. */
  async answer(route) {
    const request = route.request()
    const url = toAppUrl(request.url())
    if (request.isNavigationRequest() && !this.mayNavigate(request, url)) {
      records.stoppedNavigations.push(url)
      return route.abort('aborted')
    }
    const handler = handlerOf(url)
    if (!handler) {
      records.outsideRequests.push(url)
      return route.abort('internetdisconnected')
    }
    const response = await handler(new Request(url, { method: request.method(), headers: request.headers() }))
    return route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    })
  }

  mayNavigate(request, url) {
    const isMainFrame = request.frame().parentFrame() === null
    if (isMainFrame && this.expectedUrl === url) {
      this.expectedUrl = null
      return true
    }
    const details = { url, isMainFrame, isSameDocument: false }
    const mainFrameMay = !isMainFrame || emitPreventable(this, 'will-navigate', details)
    return emitPreventable(this, 'will-frame-navigate', details) && mainFrameMay
  }

  async loadURL(url) {
    await this.opened
    this.expectedUrl = url
    try {
      await this.page.goto(toChromiumUrl(url))
    } catch (error) {
      const isReplaced = error.message.includes('ERR_ABORTED')
      if (!isReplaced && !this.isGone) this.emit('did-fail-load', {}, loadFailed.code, loadFailed.text, url, true)
      throw new Error(`${loadFailed.text} (${loadFailed.code}) loading '${url}'`, { cause: error })
    }
  }

  getURL() {
    return this.mainFrame?.url ?? ''
  }

  setWindowOpenHandler(handler) {
    this.windowOpenHandler = handler
  }

  isDestroyed() {
    return this.isGone
  }

  /** What Playwright calls to close a window. */
  close() {
    this.window.close()
  }

  gone() {
    if (this.isGone) return
    this.isGone = true
    this.emit('destroyed')
  }

  static fromDevToolsTargetId(targetId) {
    return [...state.windows].map((window) => window.webContents).find((contents) => contents.targetId === targetId)
  }
}

/** As Electron does, the app hears of each new page before the page is used. */
exports.createWebContents = (preferences) => {
  const contents = new WebContents(preferences)
  app.emit('web-contents-created', {}, contents)
  return contents
}
exports.WebContents = WebContents
