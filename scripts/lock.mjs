import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectRoot, ScriptError } from './project.mjs'

const pollMs = 200

/**
 * Runs `work` while no other process of this checkout is in the lock of that name. A lock whose owner has died is
 * taken over. `waiting` is printed once when there is somebody to wait for.
 */
export async function withLock(name, waiting, work) {
  const folder = path.join(projectRoot, '.cache')
  const file = path.join(folder, `${name}.lock`)
  try {
    mkdirSync(folder, { recursive: true })
    await acquire(file, waiting)
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error
    throw new ScriptError(`${projectRoot} cannot be written to by this user: take it over, or clone it anew.`)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

async function acquire(file, waiting) {
  for (let round = 0; ; round++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    // Asked twice, so that a lock that its owner is about to fill or remove is not taken for a dead one.
    if (!ownerIsAlive(file)) {
      await sleep(pollMs)
      if (!ownerIsAlive(file)) rmSync(file, { force: true })
      continue
    }
    if (round === 0) console.log(waiting)
    await sleep(pollMs)
  }
}

function ownerIsAlive(file) {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0)
    return true
  } catch (error) {
    // EPERM: it runs, as another user.
    return error.code === 'EPERM'
  }
}
