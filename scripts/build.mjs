// Builds the bundles that are stale: node scripts/build.mjs [renderer] [main] [preload]
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { withLock } from './lock.mjs'
import { isStarted, projectRoot, runScript, ScriptError } from './project.mjs'

const dist = path.join(projectRoot, 'dist')
const everyBundleReads = ['package.json', 'package-lock.json']

/** What is built from what. */
const bundles = {
  renderer: { config: 'vite.config.ts', reads: ['src-renderer', 'src-main/contract', 'resources/icons'] },
  main: { config: 'vite.main.config.ts', reads: ['src-main', 'resources'] },
  preload: { config: 'vite.preload.config.ts', reads: ['src-main/preload'] },
}

/**
 * Builds what is stale, in a process of its own: Vite sets NODE_ENV and keeps its memory. Concurrent starts wait for
 * each other. Throws ScriptError when a bundle does not build.
 */
export async function ensureBuilt(names = Object.keys(bundles)) {
  if (staleBundles(names).length === 0) return
  await withLock('build', 'Another process is building: waiting for it.', async () => {
    const stale = staleBundles(names)
    if (stale.length === 0) return
    console.log(`Building ${stale.join(', ')}.`)
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--now', ...stale], {
      cwd: projectRoot,
      stdio: 'inherit',
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) throw new ScriptError('The build failed.')
  })
}

function staleBundles(names) {
  return names.filter((name) => {
    const stamp = stampFile(name)
    const isBuilt = existsSync(path.join(dist, name)) && existsSync(stamp)
    return !isBuilt || readFileSync(stamp, 'utf8') !== fingerprint(name)
  })
}

/** Beside dist, which holds nothing but what is shipped. */
function stampFile(name) {
  return path.join(projectRoot, '.cache', `built-${name}`)
}

/** A hash over the names and contents of all that a bundle is made from: times of change say nothing after a checkout. */
function fingerprint(name) {
  const { config, reads } = bundles[name]
  const hash = createHash('sha256')
  for (const file of [...everyBundleReads, config, ...reads.flatMap(filesBelow)].toSorted()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(projectRoot, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesBelow(folder) {
  const absolute = path.join(projectRoot, folder)
  if (!existsSync(absolute)) return []
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(projectRoot, path.join(entry.parentPath, entry.name)))
}

async function buildNow(names) {
  const { build } = await import('vite')
  mkdirSync(dist, { recursive: true })
  await Promise.all(
    names.map(async (name) => {
      // Taken first: a file that is saved during the build makes the next start build again.
      const builtFrom = fingerprint(name)
      const fresh = path.join(dist, `.${name}-${process.pid}`)
      try {
        await build({
          configFile: path.join(projectRoot, bundles[name].config),
          logLevel: 'warn',
          build: { outDir: fresh, emptyOutDir: true },
        })
        rmSync(stampFile(name), { force: true })
        replaceFolder(path.join(dist, name), fresh)
        writeFileSync(stampFile(name), builtFrom)
      } catch (error) {
        console.error(`${name}: ${error.message}`)
        process.exitCode = 1
      } finally {
        rmSync(fresh, { recursive: true, force: true })
      }
    }),
  )
}

/** A build that fails leaves the former bundle, and one that succeeds is never seen half written. */
function replaceFolder(target, fresh) {
  const former = `${fresh}-former`
  if (existsSync(target)) renameSync(target, former)
  renameSync(fresh, target)
  rmSync(former, { recursive: true, force: true })
}

if (isStarted(import.meta.url)) {
  const [first, ...rest] = process.argv.slice(2)
  if (first === '--now') await buildNow(rest)
  else await runScript(() => ensureBuilt(first ? [first, ...rest] : undefined))
}
