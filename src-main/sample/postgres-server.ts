/*
 * A real PostgreSQL of our own: programs from npm, data in a folder of ours, on a loopback port that is free, behind a
 * random password. Nothing else may use the data folder while it runs.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'
import {
  canReach,
  findPostgresBinaries,
  findServerUser,
  ownTemporaryFolder,
  type PostgresBinaries,
  type ServerUser,
} from './postgres-binaries'

export interface PostgresServerOptions {
  /** Where password and data live. Made when it is not there, used again when it is. */
  directory: string
  log?: Log
  /** A free port when undefined. */
  port?: number
  /** Server settings, as `{ fsync: 'off' }`. */
  settings?: Record<string, string>
}

export interface PostgresServer {
  /** URL with user and password; the database `postgres` when none is named. */
  url(database?: string): string
  /** Ends every session and the server; safe to call twice. */
  stop(): Promise<void>
}

const userName = 'postgres'

/**
 * Somebody else may take the port between finding it free and listening on it, and sessions of a server that was killed
 * end a moment after it.
 */
const mayPass = /could not (bind|create any TCP)|pre-existing shared memory block/
const startAttempts = 20
const startPauseMs = 250

/** Starts the server, creating its data on first use. Throws `sample-failed`. */
export async function startPostgresServer(options: PostgresServerOptions): Promise<PostgresServer> {
  try {
    return await start(options)
  } catch (error) {
    throw error instanceof Failure ? error : new Failure('sample-failed', { cause: error })
  }
}

async function start({ directory, log, port, settings = {} }: PostgresServerOptions): Promise<PostgresServer> {
  const user = await findServerUser()
  const [binaries, home] = await Promise.all([findPostgresBinaries(user), prepareDirectory(directory, user)])
  const data = join(home, 'data')
  await stopLeftover(home, binaries, user)
  const password = await initialise(home, binaries, user)
  const allSettings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    lc_messages: 'C',
    ...settings,
  }
  for (let attempt = 1; ; attempt++) {
    const chosenPort = port ?? (await freePort())
    const flags = Object.entries(allSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const child = spawnServer([binaries.postgres, '-D', data, '-p', String(chosenPort), ...flags], data, user)
    const problem = await readiness(child, log)
    if (problem === null) {
      await writeFile(join(home, 'owner'), String(process.pid))
      return running(child, home, binaries, `${userName}:${password}@127.0.0.1:${chosenPort}`)
    }
    if (attempt < startAttempts && mayPass.test(problem)) {
      await delay(startPauseMs)
      continue
    }
    throw new Failure('sample-failed', { cause: new Error(`PostgreSQL did not start: ${problem}`) })
  }
}

/**
 * Runs the server until this process closes its end of a pipe, which the system does for one that was killed. In a
 * process group of its own: an interrupt typed in the terminal is for the app, which then stops the server.
 */
const guard = `exec 3<&0; "$@" 3<&- </dev/null & server=$!
  { cat <&3 >/dev/null 2>&1; kill -INT $server; } 2>/dev/null & watcher=$!
  wait $server; code=$?; kill $watcher 2>/dev/null; exit $code`

function spawnServer(command: [string, ...string[]], cwd: string, user: ServerUser | null): ChildProcess {
  const isWindows = process.platform === 'win32'
  const [program, ...args] = isWindows ? command : ['/bin/sh', '-c', guard, 'sh', ...command]
  return spawn(program!, args, {
    ...user,
    cwd,
    detached: !isWindows,
    stdio: ['pipe', 'ignore', 'pipe'],
    windowsHide: true,
  })
}

function running(child: ChildProcess, home: string, binaries: PostgresBinaries, address: string): PostgresServer {
  let stopped: Promise<void> | null = null
  return {
    url: (database = 'postgres') => `postgresql://${address}/${encodeURIComponent(database)}`,
    stop() {
      stopped ??= (async () => {
        if (child.exitCode === null && child.signalCode === null) {
          const exited = new Promise((resolve) => child.once('exit', resolve))
          if (process.platform === 'win32') await run(binaries.pgCtl, ['stop', '-m', 'fast', '-D', join(home, 'data')])
          else child.stdin?.end()
          await exited
        }
        await rm(join(home, 'owner'), { force: true })
      })()
      return stopped
    },
  }
}

/** The folder to use: `directory`, or one in the temporary folder where the server's user could not reach that. */
async function prepareDirectory(directory: string, user: ServerUser | null): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  if (!user) return directory
  const { mode } = await stat(directory)
  await chmod(directory, mode | 0o011)
  if (await canReach(directory, user)) return directory
  await chmod(directory, mode)
  return ownTemporaryFolder(`data ${directory}`)
}

/** Creates the cluster on first use; gives the password. Half a cluster is never taken for one. */
async function initialise(home: string, binaries: PostgresBinaries, user: ServerUser | null): Promise<string> {
  const passwordFile = join(home, 'password')
  const data = join(home, 'data')
  if (existsSync(data)) return (await readFile(passwordFile, 'utf8')).trim()
  const password = randomBytes(24).toString('base64url')
  await rm(passwordFile, { force: true })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  const fresh = join(home, 'initialising')
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { mode: 0o700 })
  if (user) for (const path of [passwordFile, fresh]) await chown(path, user.uid, user.gid)
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions']
  await run(
    binaries.initdb,
    [`--pgdata=${fresh}`, `--username=${userName}`, `--pwfile=${passwordFile}`, ...flags],
    user,
  )
  await rename(fresh, data)
  return password
}

/** Ends a server that a killed app left behind; refuses while that app lives. */
async function stopLeftover(home: string, binaries: PostgresBinaries, user: ServerUser | null): Promise<void> {
  const data = join(home, 'data')
  const lockFile = join(data, 'postmaster.pid')
  const [pid, , , port] = ((await readIfThere(lockFile)) ?? '').split('\n').map(Number)
  if (!pid) return
  // The number alone proves nothing: another program may have got it since, and must not be signalled.
  if (!isAlive(pid) || !port || !(await answers(port))) return rm(lockFile)
  const owner = Number(await readIfThere(join(home, 'owner')))
  if (owner && owner !== process.pid && isAlive(owner)) {
    throw new Failure('sample-failed', {
      message: 'Another Nexus Desktop has the sample workspace open.',
      hint: 'Close the other one, or set NEXUS_DATA_DIR to another folder.',
    })
  }
  await run(binaries.pgCtl, ['stop', '-m', 'fast', '-D', data], user)
}

/** Null when the server takes connections, or what it said when it gave up. */
function readiness(child: ChildProcess, log: Log | undefined): Promise<string | null> {
  return new Promise((resolve) => {
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) {
        if (/\b(WARNING|ERROR|FATAL|PANIC):/.test(line)) log?.warn('sample database', { line })
      }
      if (said.length < 10_000) said += text
      if (said.includes('ready to accept connections')) resolve(null)
    })
    child.once('error', (error) => resolve(error.message))
    child.once('close', () => resolve(said || 'no message'))
  })
}

function run(program: string, args: string[], user: ServerUser | null = null): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const child = spawn(program, args, { ...user, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said}`)),
    )
  })
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
