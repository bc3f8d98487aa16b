#!/usr/bin/env node
'use strict'
/*
 * Stands in for Electron's binary: starts the app in a folder with `electron` being the stand-in. Playwright's
 * `_electron.launch` drives it as it drives the real one.
 */
const { readFileSync } = require('node:fs')
const inspector = require('node:inspector')
const Module = require('node:module')
const path = require('node:path')
const { pathToFileURL } = require('node:url')

const standIn = path.join(__dirname, 'module.cjs')
const resolveFilename = Module._resolveFilename
Module._resolveFilename = (name, ...rest) => (name === 'electron' ? standIn : resolveFilename(name, ...rest))
Module.register(pathToFileURL(path.join(__dirname, 'resolve-electron.mjs')), {
  parentURL: pathToFileURL(__filename),
  data: { standIn: pathToFileURL(standIn).href },
})

const { start } = require('./app.cjs')
const appFolder = process.argv.slice(2).find((argument) => !argument.startsWith('-'))
const { main, version } = JSON.parse(readFileSync(path.join(appFolder, 'package.json'), 'utf8'))
const isDriven = process.argv.includes('--remote-debugging-port=0')
if (isDriven) inspector.open(0, '127.0.0.1')

// As in Electron, the main script is read before the app gets ready.
import(pathToFileURL(path.join(appFolder, main)).href)
  .then(() => start({ appFolder, version, isDriven }))
  .catch((error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exit(1)
  })
