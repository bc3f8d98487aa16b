/*
 * The app core without a screen: opens what the app would open, lets it catch up, writes one file and ends. Trusts its
 * arguments as far as the contract's own schema does.
 */
import { createWriteStream, readFileSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { buildApp, refuseToOpenExternal } from '../app/build-app'
import { readEnvironment } from '../app/environment'
import type { FetchedExport } from '../app/exports-api'
import { createFileLog } from '../app/file-log'
import type { Capabilities } from '../contract/host'
import { Failure } from '../core/failure'
import { caughtUp } from './caught-up'
import { readExportArguments, usage } from './export-arguments'

const capabilities: Capabilities = {
  canManageConnections: false,
  canOpenExternal: false,
  canNotify: false,
  hasTray: false,
  canSignOut: false,
  canUpdate: false,
}

try {
  await run()
} catch (error) {
  const isClosedPipe = error instanceof Error && 'code' in error && error.code === 'EPIPE'
  const text = error instanceof Failure ? `${error.message}\n${error.hint}` : String((error as Error)?.stack ?? error)
  if (!isClosedPipe) process.stderr.write(`${text}\n`)
  process.exitCode = 1
}
// Whatever a library left open must not keep a finished command from ending.
process.exit()

async function run(): Promise<void> {
  const asked = readExportArguments(process.argv.slice(2))
  if (asked === null) {
    process.stdout.write(usage)
    return
  }
  if (asked.out === null && asked.input.format === 'parquet' && process.stdout.isTTY) {
    throw new Failure('invalid-input', { message: 'Parquet is not for a terminal.', hint: 'Give --out FILE.' })
  }
  const cancel = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => cancel.abort())
  const environment = readEnvironment(process.env)
  const log = createFileLog({ directory: environment.dataDirectory, echo: () => undefined })
  const here = dirname(fileURLToPath(import.meta.url))
  const { version } = JSON.parse(readFileSync(join(here, '../../package.json'), 'utf8')) as { version: string }
  const app = await buildApp({
    environment,
    host: { name: 'command line', version, capabilities, openExternal: refuseToOpenExternal },
    openSampleWhenEmpty: false,
    log,
  })
  try {
    const note = await caughtUp(app, cancel.signal)
    if (note !== null) process.stderr.write(`${note}\n`)
    const made = await app.exports.make(asked.input, cancel.signal)
    await deliver((await app.exports.fetch(made.id))!, asked.out, cancel.signal)
    const missing = made.bodiesMissing > 0 ? `, ${made.bodiesMissing} of them without their bodies` : ''
    const removed = asked.input.redaction ? `, ${made.textsRemoved} texts taken out` : ''
    process.stderr.write(
      `${made.rows} ${made.rows === 1 ? 'request' : 'requests'}${missing}${removed}, as of ${made.asOf ?? 'never'}\n`,
    )
  } finally {
    await app.close()
  }
}

/** Under another name until it is whole: nobody finds half a file. */
async function deliver(file: FetchedExport, out: string | null, signal: AbortSignal): Promise<void> {
  const content = Readable.fromWeb(file.content as Parameters<typeof Readable.fromWeb>[0])
  if (out === null) return pipeline(content, process.stdout, { signal, end: false })
  const part = `${out}.part-${process.pid}`
  try {
    await pipeline(content, createWriteStream(part), { signal })
    await rename(part, out)
  } catch (cause) {
    await rm(part, { force: true })
    const message = signal.aborted ? 'The export was cancelled.' : `${out} could not be written.`
    throw new Failure(signal.aborted ? 'query-cancelled' : 'export-failed', { message, cause })
  }
}
