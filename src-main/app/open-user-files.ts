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
  return {
    settingsFile: await open('settings', settings, settings.parse({})),
    savedConnections: await open('connections', connectionsFile, noConnections),
    linksFile: await open('conversation-links', manualLinksFile, {}),
    paused: await open('paused', pausedWorkspaces, { ids: [] }),
    offlineChoicesFile: await open('offline', offlineChoices, {}),
    savedPrices: await open('prices', pricesFile, noSavedPrices),
    savedWebhooks: await open('webhooks', webhooksFile, { webhooks: [] }),
    reports: await open('reports', reportsFile, {}),
    chosenFolders: await open('report-folders', reportFolders, []),
  }
}
