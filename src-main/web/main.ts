import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildApp, refuseToOpenExternal } from '../app/build-app'
import { readEnvironment } from '../app/environment'
import { createFileLog } from '../app/file-log'
import type { Capabilities } from '../contract/host'
import { Failure } from '../core/failure'
import { closeOnSignals } from './close-on-signals'
import { createWebHost } from './create-web-host'

const capabilities: Capabilities = {
  canManageConnections: true,
  canOpenExternal: false,
  canNotify: false,
  hasTray: false,
  canSignOut: true,
  canUpdate: false,
}

// The built file lies in a folder of `dist`, whatever that is called.
const here = dirname(fileURLToPath(import.meta.url))
const rendererDirectory = join(here, '../renderer')
const { version } = JSON.parse(readFileSync(join(here, '../../package.json'), 'utf8')) as { version: string }

try {
  await serve()
} catch (error) {
  // What was foreseen is one sentence and a hint; anything else needs its stack to be understood.
  const text = error instanceof Failure ? `${error.message}\n${error.hint}` : String((error as Error)?.stack ?? error)
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
}

async function serve(): Promise<void> {
  const environment = readEnvironment(process.env)
  const { apiKey, databaseUrl, dashboardEnabled } = environment
  const log = createFileLog({ directory: environment.dataDirectory, echo: (line) => process.stderr.write(`${line}\n`) })
  log.keepOut(apiKey)
  const app = await buildApp({
    environment,
    host: { name: 'web', version, capabilities, openExternal: refuseToOpenExternal },
    openSampleWhenEmpty: true,
    readingWorkerFile: join(here, 'reading-worker.js'),
    log,
  })
  try {
    const { url, loginUrl, close } = await createWebHost({
      app,
      apiKey,
      offersLink: databaseUrl === null,
      enabled: dashboardEnabled,
      host: environment.host,
      port: environment.port,
      rendererDirectory,
      version,
      log,
    })
    closeOnSignals(async () => {
      await close()
      await app.close()
    }, log)
    say(`Nexus Desktop serves the dashboard at ${url}`)
    if (loginUrl !== null) say(`Sign in once with this link: ${loginUrl}`)
    if (!dashboardEnabled) say('ENABLE_DASHBOARD is false: every address answers 404.')
    else if (apiKey === null && loginUrl === null) say('DASHBOARD_API_KEY is not set: every page answers 503.')
  } catch (error) {
    await app.close()
    throw error
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
