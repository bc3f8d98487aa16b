'use strict'
const { beforeReady, state } = require('./app.cjs')
const { records } = require('./records.cjs')
const { strict } = require('./strict.cjs')

const handlers = new Map()

exports.protocol = strict('protocol', {
  registerSchemesAsPrivileged(schemes) {
    beforeReady('protocol.registerSchemesAsPrivileged')
    records.schemes.push(...schemes)
  },
  handle(scheme, handler) {
    if (!state.isReady) throw new Error('protocol can only be used after app is ready')
    if (!records.schemes.some((entry) => entry.scheme === scheme && entry.privileges.standard)) {
      throw new Error(`The Electron stand-in serves standard schemes only, and ${scheme} is not declared as one`)
    }
    handlers.set(scheme, handler)
  },
})

/** What answers an address; undefined for what would leave the machine. */
exports.handlerOf = (url) => handlers.get(new URL(url).protocol.slice(0, -1))
