// Installs the dependencies. Runs before there are any, so it imports nothing but Node and its neighbours.
import { spawn } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { withLock } from './lock.mjs'
import { isStarted, projectRoot, runScript, ScriptError } from './project.mjs'

const lockfile = path.join(projectRoot, 'package-lock.json')
const modules = path.join(projectRoot, 'node_modules')
/** npm's own record of what it put into node_modules. */
const installedLockfile = path.join(modules, '.package-lock.json')
const oldestNode = [20, 20]
/** A line or a registry that falters for a moment is asked again; npm itself does so for some failures and not for all. */
const tries = 3
const pauseMs = 2000
const networkTrouble =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT|socket hang up|\bE(?:429|50[0234])\b/

/** Makes node_modules what package-lock.json says, with one line to explain; does nothing when it already is. */
export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new ScriptError(
      `Nexus Desktop needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`,
    )
  }
  if (isInstalled()) return
  await withLock('install', 'Another process is installing the dependencies: waiting for it.', async () => {
    if (isInstalled()) return
    console.log(
      existsSync(modules)
        ? 'The dependencies are older than package-lock.json: installing them with npm ci.'
        : 'Installing the dependencies with npm ci: a minute or two, the first time only.',
    )
    checkWritable()
    await npmCi()
  })
}

/** True when every package of package-lock.json is in node_modules in the same version, foreign platforms aside. */
function isInstalled() {
  if (!existsSync(installedLockfile)) return false
  const wanted = readPackages(lockfile)
  const installed = readPackages(installedLockfile)
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '' || entry.link) return true
    const present = installed[place]
    return present ? present.version === entry.version : Boolean(entry.optional)
  })
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {}
}

function checkWritable() {
  for (const folder of [projectRoot, modules]) {
    if (!existsSync(folder)) continue
    try {
      accessSync(folder, constants.W_OK)
    } catch {
      throw new ScriptError(`${folder} belongs to another user, so the dependencies cannot be installed there.`)
    }
  }
}

async function npmCi() {
  for (let left = tries - 1; ; left--) {
    const { code, complaints } = await runNpmCi()
    if (code === 0) return
    if (left > 0 && networkTrouble.test(complaints)) {
      console.log('The npm registry did not answer as it should: trying once more.')
      await sleep(pauseMs)
      continue
    }
    // What follows is npm's own manual.
    const [reasons] = complaints.trim().split(/^npm error Usage:/m)
    throw new ScriptError(`${reasons.trim()}\n\n${explain(complaints)}`)
  }
}

async function runNpmCi() {
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  // Started by npm, the same npm is used again; else the one on the path (a .cmd on Windows, so a shell there).
  const npm = process.env.npm_execpath
  const options = { cwd: projectRoot, stdio: ['ignore', 'ignore', 'pipe'] }
  const child =
    npm && /\.c?js$/.test(npm)
      ? spawn(process.execPath, [npm, ...args], options)
      : spawn('npm', args, { ...options, shell: process.platform === 'win32' })
  let complaints = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject).once('close', resolve)
  }).catch((error) => {
    if (error.code === 'ENOENT') throw new ScriptError('npm is not on the path: install Node.js together with npm.')
    throw error
  })
  return { code, complaints }
}

function explain(complaints) {
  if (/EACCES|EPERM/.test(complaints)) {
    return 'npm ci may not write here: a file below node_modules belongs to another user.'
  }
  if (networkTrouble.test(complaints)) {
    return 'The npm registry cannot be reached: the first start needs a network, later ones do not.'
  }
  return 'npm ci failed; what it said stands above.'
}

if (isStarted(import.meta.url)) await runScript(ensureInstalled)
