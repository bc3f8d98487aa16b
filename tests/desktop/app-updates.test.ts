import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import type { ElectronApplication, Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { standIn } from '../fakes/electron/launch-desktop'
import { patienceMs } from '../fakes/patience'

/*
 * The way of a newer version from a feed to the place of the old one, as an AppImage goes it: the archive is a shell
 * script that says that it was started.
 */

const noDatabase = 'postgresql://u:p@127.0.0.1:1/x'
const oldProgram = '#!/bin/sh\n'

let folder: string
let desktop: ElectronApplication
let child: ReturnType<ElectronApplication['process']>
let page: Page
let server: Server
let asked: string[]
let version: string
/** The server sends half of the archive and no more. */
let isSlow: boolean
/** Changed after its sum was published, as a file that was tampered with. */
let served: string
let program: string

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nexus-updates-'))
  program = `#!/bin/sh\ntouch ${path.join(folder, 'started')}\n`
  served = program
  version = '99.0.0'
  isSlow = false
  asked = []
  for (const name of ['resources', 'data']) mkdirSync(path.join(folder, name))
  writeFileSync(path.join(folder, 'app.AppImage'), oldProgram)
  chmodSync(path.join(folder, 'app.AppImage'), 0o755)
  server = createServer((request, response) => {
    const name = new URL(request.url!, 'http://feed').pathname
    asked.push(name)
    const sum = createHash('sha512').update(program).digest('base64')
    const file = `nexus-desktop-${version}.AppImage`
    const feed = JSON.stringify({
      version,
      files: [{ url: file, sha512: sum, size: program.length }],
      path: file,
      sha512: sum,
      releaseDate: '2026-11-24T00:00:00.000Z',
    })
    if (name === '/latest-linux.yml') response.end(feed)
    else if (name === `/${file}`) {
      response.setHeader('content-length', served.length)
      response.write(served.slice(0, served.length / 2))
      if (!isSlow) response.end(served.slice(served.length / 2))
    } else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  if (child.exitCode === null) await desktop.close()
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

async function start(hasFeed = true): Promise<void> {
  const { port } = server.address() as AddressInfo
  const feed = `provider: generic\nurl: http://127.0.0.1:${port}\nupdaterCacheDirName: nexus\n`
  if (hasFeed) writeFileSync(path.join(folder, 'resources/app-update.yml'), feed)
  desktop = await standIn.launch({
    NEXUS_DATA_DIR: path.join(folder, 'data'),
    DATABASE_URL: noDatabase,
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    APPIMAGE: path.join(folder, 'app.AppImage'),
    STAND_IN_RESOURCES: path.join(folder, 'resources'),
  })
  child = desktop.process()
  page = await desktop.firstWindow()
  page.setDefaultTimeout(patienceMs)
  await page.getByRole('link', { name: 'Settings', exact: true }).click()
  await page.getByRole('heading', { name: 'About' }).waitFor()
}

test('a newer version is found, fetched, put in the place of the old one and started', async () => {
  await start()
  await page.getByRole('button', { name: 'Look now' }).click()
  await page.getByText('Version 99.0.0 is there.').waitFor()
  // Nothing is fetched that nobody asked for.
  expect(asked).toEqual(['/latest-linux.yml'])
  await page.getByRole('button', { name: 'Download' }).click()
  await page.getByText('Version 99.0.0 is here.').waitFor()
  expect(readFileSync(path.join(folder, 'app.AppImage'), 'utf8')).toBe(oldProgram)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  await page.getByRole('button', { name: 'Restart and install' }).click()
  expect(await ended).toBe(0)
  expect(readFileSync(path.join(folder, 'app.AppImage'), 'utf8')).toBe(program)
  await expect.poll(() => readFileSync(path.join(folder, 'started'), 'utf8')).toBe('')
})

test('the newest version says so, and a file that is not what the feed said is refused', async () => {
  version = '0.0.1'
  await start()
  await page.getByRole('button', { name: 'Look now' }).click()
  await page.getByText('This is the newest version.').waitFor()
  version = '99.0.0'
  served = program.replace('touch', 'rm -rf')
  await page.getByRole('button', { name: 'Look now' }).click()
  await page.getByRole('button', { name: 'Download' }).click()
  await page.getByText('A newer version of the app could not be fetched.', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Download' }).waitFor()
  expect(readFileSync(path.join(folder, 'app.AppImage'), 'utf8')).toBe(oldProgram)
})

test('a download that is cancelled leaves the old version, and can be begun again', async () => {
  isSlow = true
  await start()
  await page.getByRole('button', { name: 'Look now' }).click()
  await page.getByRole('button', { name: 'Download' }).click()
  await expect.poll(() => asked).toContain('/nexus-desktop-99.0.0.AppImage')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Version 99.0.0 is there.').waitFor()
  isSlow = false
  await page.getByRole('button', { name: 'Download' }).click()
  await page.getByText('Version 99.0.0 is here.').waitFor()
  expect(readFileSync(path.join(folder, 'app.AppImage'), 'utf8')).toBe(oldProgram)
})

test('without a feed nothing is offered and nobody is asked', async () => {
  await start(false)
  expect(await page.getByText('Newer version').count()).toBe(0)
  expect(asked).toEqual([])
})
