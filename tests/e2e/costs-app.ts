import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type AxeCore from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { DesktopApp } from '../../src-main/app/build-app'
import { buildApp, refuseToOpenExternal } from '../../src-main/app/build-app'
import { readEnvironment } from '../../src-main/app/environment'
import { createFileLog } from '../../src-main/app/file-log'
import { launchChromium } from '../fakes/chromium'
import { eventually } from '../fakes/eventually'
import { startTestPostgres } from '../fakes/test-postgres'
import { openPageHost, type PageHost } from '../renderer-conversation/page-host'

/** The real app over a real PostgreSQL, its screens served to a Chromium. */
export interface CostsApp {
  databaseUrl: string
  directory: string
  app: DesktopApp
  host: PageHost
  browser: Browser
  close(): Promise<void>
}

export async function openCostsApp(
  name: string,
  sql: string,
  variables: (directory: string) => Record<string, string> = () => ({}),
): Promise<CostsApp> {
  const directory = mkdtempSync(join(tmpdir(), `nexus-${name}-`))
  const postgres = await startTestPostgres()
  const databaseUrl = await postgres.createDatabase(name, sql)
  const browser = await launchChromium()
  const opened: CostsApp = {
    databaseUrl,
    directory,
    app: await openApp(databaseUrl, directory, variables(directory)),
    // A test may open another app in its place.
    host: await openPageHost(() => opened.app.api),
    browser,
    async close() {
      await browser.close()
      await opened.host.close()
      await opened.app.close()
      await postgres.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
  await untilRead(opened.app)
  return opened
}

export function openApp(
  databaseUrl: string,
  directory: string,
  variables: Record<string, string> = {},
): Promise<DesktopApp> {
  return buildApp({
    environment: readEnvironment({ ...variables, DATABASE_URL: databaseUrl, NEXUS_DATA_DIR: directory }),
    host: {
      name: 'test',
      version: '0',
      capabilities: {
        canManageConnections: false,
        canOpenExternal: false,
        canNotify: false,
        hasTray: false,
        canSignOut: false,
        canUpdate: false,
      },
      openExternal: refuseToOpenExternal,
    },
    openSampleWhenEmpty: false,
    log: createFileLog({ directory }),
  })
}

/** Until every request and its answer is in the replica. */
export async function untilRead(app: DesktopApp): Promise<void> {
  await eventually(
    async () => {
      const { sync } = await app.api.workspace.current(undefined, { signal: undefined })
      expect([sync?.progress, sync?.usagePending]).toEqual([1, 0])
    },
    { everyMs: 100 },
  )
}

/** What axe finds on the page, `rule: element`. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  // By the protocol, because the page's policy takes no script from outside.
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof AxeCore }
    return (await axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
  })
}
