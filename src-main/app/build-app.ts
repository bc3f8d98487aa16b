import { join } from 'node:path'
import prices from '../../resources/claude-prices.json'
import type { Capabilities, Settings } from '../contract/host'
import { asFailure, Failure } from '../core/failure'
import { openSecretStore } from '../keychain/open-secret-store'
import { watchNetwork } from '../live/watch-network'
import { parseDatabaseUrl } from '../postgres/database-url'
import type { App } from './app'
import { openUserFiles } from './open-user-files'
import { createAnnotationsApi } from './annotations-api'
import { openCostBooks } from './cost-books'
import { createAlerts } from './create-alerts'
import { createAlertsApi } from './alerts-api'
import { createWebhooks } from './webhooks'
import { createConnectionsApi } from './connections-api'
import { createConversationsApi } from './conversations-api'
import { createNotifier } from './create-notifier'
import { openReading } from './start-reading-worker'
import { createManualLinksApi } from './manual-links-api'
import { createCostsApi } from './costs-api'
import { createDatabaseSearch } from './database-search'
import { createDiagnosticsApi } from './diagnostics-api'
import type { Environment } from './environment'
import { createExports } from './exports-api'
import type { FileLog } from './file-log'
import { createPriceBook } from './price-book'
import { createPricesApi } from './prices-api'
import { createRepricer } from './repricer'
import { createOffline, type Offline } from './offline-api'
import { createSettingsApi } from './settings-api'
import { createSourceApi } from './source-api'
import { createTrendsApi } from './trends-api'
import { createSearchApi, createValues } from './search-api'
import { createUpdatesApi, type Updates } from './updates-api'
import { createTranscriptsApi } from './transcripts-api'
import { createUsageApi } from './usage-api'
import { openReports } from './open-reports'
import { openViews } from './open-views'
import { createWorkspaceApi } from './workspace-api'
import { createWorkspaces } from './workspaces'

/** What the host brings: who it is, what it can do, and the one thing the app asks it to do. */
export interface HostPart {
  name: string
  version: string
  capabilities: Capabilities
  openExternal(url: string): Promise<void>
  /** Asks for a folder, where the host has a dialog for it; null for none. */
  chooseFolder?: () => Promise<string | null>
  /** Where it can renew itself. */
  updates?: Updates | undefined
  /** Where it knows; a page may tell otherwise. */
  isOnBattery?: (() => boolean) | undefined
}

/** What a host that is a program of the desktop asks beside the product itself. */
export interface DesktopApp extends App {
  settings(): Settings
  timeZone(): string
  /** Hears each change of the settings. Returns the way to stop. */
  onSettings(listener: (settings: Settings) => void): () => void
  /** Shows no notification until then; null shows them again. */
  pauseNotifications(untilMs: number | null): void
}

/**
 * Puts the product together and starts to open its workspace: the one of DATABASE_URL, else the last one, else the
 * sample where `openSampleWhenEmpty`. Opening goes on in the background; its state and failures are events.
 */
export async function buildApp(options: {
  environment: Environment
  host: HostPart
  openSampleWhenEmpty: boolean
  /** The built file of the thread that reads bodies; without it they are read in this one. */
  readingWorkerFile?: string
  log: FileLog
}): Promise<DesktopApp> {
  const { environment, host, log } = options
  const { dataDirectory } = environment
  const [files, secrets] = await Promise.all([openUserFiles(dataDirectory, log), openSecretStore({ log })])
  const { settingsFile, savedConnections, linksFile, paused } = files
  const book = createPriceBook({ release: prices, file: files.savedPrices, log })
  const { ledger } = book
  const timeZone = (): string => settingsFile.value().timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const canManageConnections = host.capabilities.canManageConnections && environment.databaseUrl === null
  const offline: Offline = createOffline({
    choices: files.offlineChoicesFile,
    secrets,
    settings: () => settingsFile.value().offline,
    workspaces: () => workspaces,
    isOnBattery: host.isOnBattery,
    log,
  })
  const reading = openReading(options.readingWorkerFile, log)
  const workspaces = createWorkspaces({
    dataDirectory,
    sampleDirectory: join(dataDirectory, 'sample'),
    ledger,
    retentionDays: () => settingsFile.value().retentionDays,
    manualLinks: (sourceKey) => linksFile.value()[sourceKey] ?? [],
    isPaused: (id) => paused.value().ids.includes(id),
    offline,
    threadWork: reading.work,
    log,
  })
  const views = await openViews({ workspaces, path: join(dataDirectory, 'views.json'), log })
  const costBooks = await openCostBooks({
    dataDirectory,
    workspaces,
    settings: () => settingsFile.value().notifications,
    timeZone,
    log,
  })
  const repricer = createRepricer({ workspaces, book, log })
  const notifier = createNotifier({
    workspaces,
    settings: () => settingsFile.value().notifications,
    timeZone,
    now: Date.now,
    log,
  })
  const stopWatching = watchNetwork({ onChange: workspaces.resume })
  const settings = createSettingsApi({ file: settingsFile, offline, workspaces })
  const connections = createConnectionsApi({
    workspaces,
    file: savedConnections,
    secrets,
    canManage: canManageConnections,
    log,
  })

  const webhooks = createWebhooks({ file: files.savedWebhooks, secrets, log })
  const alerts = createAlerts({
    workspaces,
    webhooks,
    notifications: () => settingsFile.value().notifications,
    contextWindowOf: (model) => ledger.describe(model)?.contextWindowTokens ?? null,
    timeZone,
    now: Date.now,
    log,
  })
  const costs = createCostsApi(workspaces, ledger, timeZone, costBooks.teamOf)
  const usage = createUsageApi(workspaces, timeZone)
  const reports = openReports({
    workspaces,
    files,
    webhooks,
    alerts,
    screens: { costs, usage },
    budgets: costBooks.watch,
    environment,
    choose: host.chooseFolder,
    timeZone,
    log,
  })
  const exports = createExports({
    workspaces,
    directory: join(dataDirectory, 'exports'),
    timeZone,
    now: Date.now,
  })

  const opening = openFirst().catch((error: unknown) => {
    // Not lost: the workspace's state carries it to the screen.
    log.error('The workspace could not be opened', {
      code: asFailure(error).code,
      cause: String(asFailure(error).cause ?? ''),
    })
  })

  async function openFirst(): Promise<void> {
    if (environment.databaseUrl === null) {
      await connections.openLast(options.openSampleWhenEmpty ? 'sample' : 'none')
      return
    }
    const { database, host: databaseHost, password } = parseDatabaseUrl(environment.databaseUrl)
    log.keepOut(password)
    log.keepOut(environment.feedKey)
    await workspaces.switchTo({
      kind: 'connection',
      id: 'environment',
      name: `${database} on ${databaseHost}`,
      colour: 'indigo',
      databaseUrl: environment.databaseUrl,
      dashboardUrl: environment.feedUrl,
      apiKey: environment.feedKey,
    })
  }

  let closing: Promise<void> | null = null
  return {
    api: {
      usage,
      costs,
      teams: costBooks.teams,
      budgets: costBooks.budgets,
      prices: createPricesApi({ workspaces, book, repricer, releaseCompiled: prices.compiled, timeZone }),
      trends: createTrendsApi(workspaces, {
        timeZone,
        retentionDays: () => settingsFile.value().retentionDays,
        now: Date.now,
      }),
      conversations: createConversationsApi(workspaces, ledger, reading.work, timeZone),
      links: createManualLinksApi(workspaces, linksFile),
      transcripts: createTranscriptsApi(workspaces, ledger, reading.work),
      annotations: createAnnotationsApi(workspaces),
      views,
      alerts: createAlertsApi(alerts, Date.now),
      webhooks: webhooks.api,
      reports: reports.api,
      exports: exports.api,
      workspace: createWorkspaceApi(workspaces, paused),
      offline: offline.api,
      source: createSourceApi(workspaces),
      search: {
        ...createSearchApi(createValues(workspaces)),
        ...createDatabaseSearch({ workspaces, timeZone, now: Date.now }),
      },
      connections: {
        list: connections.list,
        test: connections.test,
        save: connections.save,
        remove: connections.remove,
        open: connections.open,
      },
      host: {
        async info() {
          return {
            name: host.name,
            version: host.version,
            platform: process.platform,
            capabilities: { ...host.capabilities, canManageConnections },
            keychain: { kind: secrets.kind, reason: secrets.reason },
          }
        },
        openExternal: ({ url }) => host.openExternal(url),
      },
      updates: createUpdatesApi(host.updates),
      diagnostics: createDiagnosticsApi({
        workspaces,
        secrets,
        host,
        hasSignInKey: host.capabilities.canSignOut ? environment.apiKey !== null : null,
        clean: log.clean,
      }),
      settings: settings.api,
    },
    opened: opening,
    exports,
    describeError(error, procedure) {
      const failure = asFailure(error)
      if (failure.code === 'internal') log.error('A call failed', { procedure, error: describeCause(failure.cause) })
      return failure.toShape()
    },
    onEvent: workspaces.onEvent,
    resume: workspaces.resume,
    settings: settingsFile.value,
    timeZone,
    onSettings: settings.onChange,
    pauseNotifications: notifier.pause,
    close() {
      stopWatching()
      notifier.close()
      costBooks.close()
      closing ??= opening
        .then(() => Promise.all([repricer.close(), exports.close(), reports.close()]))
        .then(alerts.close)
        .then(() => workspaces.close())
        .finally(reading.close)
      return closing
    },
  }
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}

/** For a host that cannot open addresses outside of it. */
export function refuseToOpenExternal(): Promise<void> {
  return Promise.reject(new Failure('not-supported'))
}
