import { join } from 'node:path'
import type { z } from 'zod'
import { settings } from '../contract/host'
import type { Log } from '../core/ports'
import { webhooksFile } from '../settings/alert-files'
import { openJsonFile, type JsonFile } from '../settings/json-file'
import { manualLinksFile } from '../settings/manual-links-file'
import { offlineChoices } from '../settings/offline-choices'
import { pausedWorkspaces } from '../settings/paused-workspaces'
import { connectionsFile, noConnections } from '../settings/saved-connections'
import { noSavedPrices, pricesFile } from '../settings/saved-prices'
import { reportFolders, reportsFile } from '../settings/saved-reports'

/** What the user decided and no replica can give back, a file of the data folder each. One that is damaged is set aside. */
export async function openUserFiles(dataDirectory: string, log: Log) {
  const open = <T>(name: string, schema: z.ZodType<T>, fallback: T): Promise<JsonFile<T>> =>
    openJsonFile({ path: join(dataDirectory, `${name}.json`), schema, fallback, log })
  const [
    settingsFile,
    savedConnections,
    linksFile,
    paused,
    offlineChoicesFile,
    savedPrices,
    savedWebhooks,
    reports,
    chosenFolders,
  ] = await Promise.all([
    open('settings', settings, settings.parse({})),
    open('connections', connectionsFile, noConnections),
    open('conversation-links', manualLinksFile, {}),
    open('paused', pausedWorkspaces, { ids: [] }),
    open('offline', offlineChoices, {}),
    open('prices', pricesFile, noSavedPrices),
    open('webhooks', webhooksFile, { webhooks: [] }),
    open('reports', reportsFile, {}),
    open('report-folders', reportFolders, []),
  ])
  return {
    settingsFile,
    savedConnections,
    linksFile,
    paused,
    offlineChoicesFile,
    savedPrices,
    savedWebhooks,
    reports,
    chosenFolders,
  }
}
