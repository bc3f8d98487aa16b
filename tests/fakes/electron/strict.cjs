'use strict'
/** A module that tells at once when the app uses a part of Electron that the stand-in does not model. */
exports.strict = (name, parts) =>
  new Proxy(parts, {
    get(target, key) {
      if (key in target || typeof key === 'symbol' || key === 'then' || key === 'toJSON') return target[key]
      throw new Error(`The Electron stand-in has no ${name}.${key}`)
    },
  })
