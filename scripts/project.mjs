import { readFileSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder, whatever folder a script was started from. */
export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')

/** The JavaScript file behind a package's command, so that a tool runs without npx's half second. */
export function commandFile(packageName, commandName = packageName) {
  const folder = path.join(projectRoot, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  return path.join(folder, typeof bin === 'string' ? bin : bin[commandName])
}

/** True when the file of that URL is what Node was started with, and not imported by another. */
export function isStarted(moduleUrl) {
  return process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(moduleUrl)
}

/** Ends the process with one sentence and without a stack: for what the reader can act on. */
export class ScriptError extends Error {
  exitCode = 1
}

/** Runs a script's body; a ScriptError becomes its sentence and exit code. */
export async function runScript(body) {
  try {
    await body()
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    console.error(error.message)
    process.exitCode = error.exitCode
  }
}
