// npm start: the desktop app where it can run, else the same app for a browser. npm run serve: the browser on purpose.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { findElectron } from './electron-binary.mjs'
import { ensureInstalled } from './install.mjs'
import { projectRoot, runScript } from './project.mjs'
import { readStartArguments, usage } from './start-arguments.mjs'

/** What a shell says when a shared library is missing, and how Chromium ends when its sandbox is not allowed. */
const cannotStart = { code: 127, signal: 'SIGTRAP' }

await runScript(async () => {
  const asked = readStartArguments(process.argv.slice(2))
  if (asked === null) {
    process.stdout.write(usage)
    return
  }
  await ensureInstalled()
  await ensureBuilt()
  if (asked.isInBrowser) return serve()
  const electron = findElectron()
  if (electron.reason) return serveBecause(electron.reason)
  const { code, signal } = await openDesktop(electron.binary, asked.links)
  if (code === cannotStart.code || signal === cannotStart.signal) {
    return serveBecause('Electron could not start; what it said stands above')
  }
  if (signal) process.kill(process.pid, signal)
  process.exitCode = code
})

function serveBecause(reason) {
  console.log(`No desktop window (${reason}): serving the same app to a browser.`)
  return serve()
}

/** In this process, so that signals and exit codes are the server's own. */
async function serve() {
  const server = path.join(projectRoot, 'dist/main/web.js')
  process.argv = [process.argv[0], server]
  await import(pathToFileURL(server).href)
}

function openDesktop(binary, links) {
  const child = spawn(binary, [projectRoot, ...links], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => {
      process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM').removeAllListeners('SIGHUP')
      resolve({ code, signal })
    })
  })
}
