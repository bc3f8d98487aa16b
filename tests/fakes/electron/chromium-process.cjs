'use strict'
const { spawn } = require('node:child_process')
const { createInterface } = require('node:readline')
const { chromium } = require('playwright-core')

/**
 * Starts the Chromium of $STAND_IN_CHROMIUM ({ executablePath, environment } as JSON) with its own remote debugging, so
 * that a test can drive the pages beside the stand-in. Resolves with the connected default context.
 */
exports.startChromium = async (userDataFolder) => {
  const { executablePath, environment } = JSON.parse(process.env.STAND_IN_CHROMIUM)
  const child = spawn(
    executablePath,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-dev-shm-usage',
      '--no-startup-window',
      '--remote-debugging-port=0',
      `--user-data-dir=${userDataFolder}`,
    ],
    { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const address = await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`Chromium ended at its start with code ${code}`)))
    createInterface({ input: child.stderr }).on('line', (line) => {
      const match = /^DevTools listening on (ws:\/\/.*)$/.exec(line)
      if (match) resolve(match[1])
    })
  })
  const browser = await chromium.connectOverCDP(address)
  return { child, address, context: browser.contexts()[0] }
}
