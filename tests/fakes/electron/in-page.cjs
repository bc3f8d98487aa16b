'use strict'
/*
 * Code that runs inside Chromium, as text: each function stands alone and is given all it needs. The preload gets a real
 * isolated world; what the context bridge carries between it and the page goes through events with text in them, which
 * both worlds see at once.
 */

/** Values as text that JSON can carry, with the bytes that structured clone keeps. Functions need a place to stay. */
function createCodec(keepFunction, callFunction) {
  const cannotClone = () => new Error('An object could not be cloned.')
  const toBase64 = (bytes) => {
    let text = ''
    for (let start = 0; start < bytes.length; start += 8192) {
      text += String.fromCharCode(...bytes.subarray(start, start + 8192))
    }
    return btoa(text)
  }
  const pack = (value) => {
    if (value === undefined) return { kind: 'undefined' }
    if (value === null || ['string', 'boolean', 'number'].includes(typeof value)) return { kind: 'plain', value }
    if (typeof value === 'function' && keepFunction) return { kind: 'function', id: keepFunction(value) }
    if (value instanceof Uint8Array) return { kind: 'bytes', base64: toBase64(value) }
    if (value instanceof ArrayBuffer) return { kind: 'buffer', base64: toBase64(new Uint8Array(value)) }
    if (Array.isArray(value)) return { kind: 'array', items: value.map(pack) }
    if (typeof value !== 'object' || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) {
      throw cannotClone()
    }
    return { kind: 'object', entries: Object.entries(value).map(([key, item]) => [key, pack(item)]) }
  }
  const unpack = (packed) => {
    switch (packed.kind) {
      case 'undefined':
        return undefined
      case 'plain':
        return packed.value
      case 'function':
        return (...args) => callFunction(packed.id, args)
      case 'bytes':
        return Uint8Array.from(atob(packed.base64), (letter) => letter.charCodeAt(0))
      case 'buffer':
        return Uint8Array.from(atob(packed.base64), (letter) => letter.charCodeAt(0)).buffer
      case 'array':
        return packed.items.map(unpack)
      default:
        return Object.fromEntries(packed.entries.map(([key, item]) => [key, unpack(item)]))
    }
  }
  return { pack, unpack }
}

/** One world's end of the context bridge: calls functions of the other world and answers calls of its own. */
function createBridgeEnd(side, otherSide, makeCodec) {
  const functions = new Map()
  const tell = (type, message) => dispatchEvent(new StorageEvent(type, { newValue: JSON.stringify(message) }))
  const { pack, unpack } = makeCodec(
    (value) => {
      functions.set(functions.size, value)
      return functions.size - 1
    },
    (id, args) => {
      const replyType = `stand-in-reply-${Math.random()}`
      let reply
      const hear = (event) => (reply = JSON.parse(event.newValue))
      addEventListener(replyType, hear)
      tell(`stand-in-call-${otherSide}`, { id, replyType, args: args.map(pack) })
      removeEventListener(replyType, hear)
      if (reply.error !== undefined) throw new Error(reply.error)
      return unpack(reply.value)
    },
  )
  addEventListener(`stand-in-call-${side}`, (event) => {
    const { id, replyType, args } = JSON.parse(event.newValue)
    let reply
    try {
      reply = { value: pack(functions.get(id)(...args.map(unpack))) }
    } catch (error) {
      reply = { error: String(error.message) }
    }
    tell(replyType, reply)
  })
  return { pack, unpack, tell }
}

/** In the page's own world: puts on the window what the preload exposes, frozen as Electron does. */
function runPageWorld(makeBridgeEnd, makeCodec) {
  const { unpack } = makeBridgeEnd('page', 'preload', makeCodec)
  const freeze = (value) => {
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze)
    return Object.freeze(value)
  }
  addEventListener('stand-in-expose', (event) => {
    const { key, value } = JSON.parse(event.newValue)
    Object.defineProperty(globalThis, key, { value: freeze(unpack(value)), enumerable: true })
  })
}

/** In the isolated world: runs the preload with what a sandboxed one may require, which is `electron` alone. */
function runPreloadWorld(makeBridgeEnd, makeCodec, binding, preload) {
  // A preload runs in the main frame alone unless nodeIntegrationInSubFrames is on, and it never is.
  if (window !== window.top) return
  const bridge = makeBridgeEnd('preload', 'page', makeCodec)
  const wire = makeCodec()
  const listeners = new Map()
  const ipcRenderer = {
    send(channel, ...args) {
      globalThis[binding](JSON.stringify({ channel, args: wire.pack(args) }))
    },
    on(channel, listener) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
      return ipcRenderer
    },
  }
  globalThis[`${binding}Receive`] = (channel, args) => {
    for (const listener of listeners.get(channel) ?? [])
      listener({ sender: ipcRenderer, ports: [] }, ...wire.unpack(args))
  }
  const contextBridge = {
    exposeInMainWorld(key, api) {
      bridge.tell('stand-in-expose', { key, value: bridge.pack(api) })
    },
  }
  const requireInSandbox = (name) => {
    if (name === 'electron') return { contextBridge, ipcRenderer }
    throw new Error(`module not found: ${name}`)
  }
  const preloadModule = { exports: {} }
  preload(requireInSandbox, preloadModule, preloadModule.exports)
}

const inBothWorlds = `${createCodec}; ${createBridgeEnd};`

exports.createCodec = createCodec
exports.pageWorldSource = () => `(() => { ${inBothWorlds} (${runPageWorld})(createBridgeEnd, createCodec) })()`
exports.preloadWorldSource = (binding, preloadText) =>
  `(() => { ${inBothWorlds} (${runPreloadWorld})(createBridgeEnd, createCodec, ${JSON.stringify(binding)},
     function (require, module, exports) { ${preloadText}\n }) })()`
