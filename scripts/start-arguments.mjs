import { ScriptError } from './project.mjs'

export const usage = `Opens Nexus Desktop, installing and building what is missing first.

  npm start                             the desktop app, or for a browser where Electron cannot run
  npm start -- nexus://conversation/ID  the same, with that conversation open
  npm run serve                         for a browser on purpose

Where it connects, listens and keeps its files is told by environment variables: see README.md.
`

/** A sentence about the command line, and the exit code that says so. */
class ArgumentError extends ScriptError {
  exitCode = 2
}

/** Reads the command line; null when help is asked for. Throws a ScriptError that names what is not known. */
export function readStartArguments(args) {
  if (args.some((argument) => argument === '--help' || argument === '-h')) return null
  const isInBrowser = args.includes('--browser')
  const rest = args.filter((argument) => argument !== '--browser')
  const links = isInBrowser ? [] : rest.filter((argument) => /^nexus:\/\//i.test(argument)).slice(0, 1)
  const unknown = rest.find((argument) => !links.includes(argument))
  if (unknown !== undefined) {
    const command = isInBrowser ? 'npm run serve' : 'npm start'
    throw new ArgumentError(`${command} does not know "${unknown}". See ${command} -- --help.`)
  }
  return { isInBrowser, links }
}
