/*
 * The one file of a source's local copy. What is in it can be read from the source again, so a file that does not
 * open is set aside and never repaired. One process owns it at a time; DuckDB's lock sees to that.
 */
import { access, chmod, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Failure } from '../core/failure'
import type { Log } from '../core/ports'
import { compactFile, isLoose, removeUnfinishedCopy } from './compact-file'
import type { CommitWatch } from './commit-watch'
import { createDatabaseMemory, openingMode, type DatabaseMemory } from './database-memory'
import { canMigrate, migrate, schemaVersion } from './migrations'
import { schemaSql } from './schema'
import { createSession, replicaFailure, type Session } from './session'

export interface OpenDatabase {
  /** Sessions of their own: questions see committed rows and wait for no write. */
  writer: Session
  readers: Session[]
  /** For answers that take long to write out, so that no screen waits for them. */
  exporter: Session
  memory: DatabaseMemory
  /** Why an earlier file was set aside; null when there was none or it opened. */
  notice: string | null
  /** What was deleted is not to lie on in free blocks: the file is written anew at closing, this one or the next. */
  rewriteAtClosing(): Promise<void>
  close(): Promise<void>
}

const fileName = 'replica.duckdb'
const rewriteMark = 'rewrite-at-closing'
const asidePrefix = 'set-aside-'
const readerCount = 2

/** Opens or makes the file; `commits` hears of each commit of the writer. Throws `replica-locked` or `replica-failed`. */
export async function openDatabase(
  directory: string,
  sourceKey: string,
  log: Log,
  commits: CommitWatch,
): Promise<OpenDatabase> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await chmod(directory, 0o700)
    const temporary = join(directory, 'temporary')
    // What a killed process spilled there is of no use to anyone.
    await rm(temporary, { recursive: true, force: true })
    await removeUnfinishedCopy(join(directory, fileName))
    const opened = await openOrRebuild(directory, sourceKey, log)
    const writer = createSession(await opened.instance.connect(), commits)
    const readers: Session[] = []
    while (readers.length < readerCount) readers.push(createSession(await opened.instance.connect()))
    const exporter = createSession(await opened.instance.connect())
    const control = createSession(await opened.instance.connect())
    const memory = createDatabaseMemory({ control, sessions: [writer, ...readers, exporter], log })
    return {
      writer,
      readers,
      exporter,
      memory,
      notice: opened.notice,
      async rewriteAtClosing() {
        await writeFile(join(directory, rewriteMark), '', { mode: 0o600 })
        await removeSetAside(directory)
      },
      async close() {
        await memory.close()
        for (const session of [...readers, exporter]) await session.close()
        // Closing would write the log into the file on this thread.
        let isCompactionDue = false
        try {
          await writer.use((statements) => statements.run('CHECKPOINT'))
          isCompactionDue = (await isThere(join(directory, rewriteMark))) || (await writer.use(isLoose))
        } catch (error) {
          log.warn('The local copy keeps its log until it is opened again', detail(error))
        }
        await writer.close()
        opened.instance.closeSync()
        if (isCompactionDue) await compact(join(directory, fileName), log)
      },
    }
  } catch (error) {
    throw replicaFailure(error)
  }
}

async function openOrRebuild(directory: string, sourceKey: string, log: Log) {
  const path = join(directory, fileName)
  try {
    return { instance: await openFile(path, sourceKey), notice: null }
  } catch (error) {
    if (isLocked(error)) throw new Failure('replica-locked', { cause: error })
    if (isMachineTrouble(error)) throw error
    await setAside(directory)
    const notice = 'The local copy could not be used. It was set aside and is being read from the database again.'
    log.warn(notice, { directory, ...detail(error) })
    return { instance: await openFile(path, sourceKey), notice }
  }
}

function settingsOf(path: string): Record<string, string> {
  return {
    threads: String(openingMode.threads),
    memory_limit: openingMode.memoryLimit,
    temp_directory: join(path, '..', 'temporary'),
    max_temp_directory_size: '8GB',
    // Nothing is ever fetched or loaded from beside the app.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  }
}

async function openFile(path: string, sourceKey: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(path, settingsOf(path))
  try {
    await chmod(path, 0o600)
    await prepareSchema(instance, sourceKey)
    return instance
  } catch (error) {
    instance.closeSync()
    throw error
  }
}

async function compact(path: string, log: Log): Promise<void> {
  try {
    await compactFile(path, settingsOf(path))
    await chmod(path, 0o600)
    await rm(join(path, '..', rewriteMark), { force: true })
    log.info('The local copy was written anew without what was deleted')
  } catch (error) {
    await removeUnfinishedCopy(path)
    log.warn('The local copy could not be written anew and stays as large as it is', detail(error))
  }
}

/** Makes the tables in a new file and brings an older one up to date; throws for a file of neither kind. */
async function prepareSchema(instance: DuckDBInstance, sourceKey: string): Promise<void> {
  const session = createSession(await instance.connect())
  try {
    await session.use(async (statements) => {
      const tables = await statements.rows('SELECT table_name FROM duckdb_tables() LIMIT 1')
      if (tables.length === 0) {
        await statements.transaction(async () => {
          await statements.run(schemaSql)
          await statements.rows('INSERT INTO replica VALUES ($1, $2, NULL, 0, NULL)', [schemaVersion, sourceKey])
        })
        return
      }
      const [found] = await statements.rows<{ version: number; key: string }>(
        'SELECT schema_version AS version, source_key AS key FROM replica',
      )
      if (!found || !canMigrate(found.version) || found.key !== sourceKey) throw new ForeignFileError(found?.version)
      if (found.version === schemaVersion) return
      await migrate(statements, found.version)
      // A log with changed tables in it is best not read twice.
      await statements.run('CHECKPOINT')
    })
  } finally {
    await session.close()
  }
}

class ForeignFileError extends Error {
  constructor(version: number | undefined) {
    super(`The file is of schema ${version ?? 'unknown'} or of another source; this app has schema ${schemaVersion}`)
  }
}

/** Keeps the newest unusable file for whoever wants to look at it; older ones would only fill the disk. */
async function setAside(directory: string): Promise<void> {
  await removeSetAside(directory)
  for (const name of [fileName, `${fileName}.wal`]) {
    await rename(join(directory, name), join(directory, `${asidePrefix}${name}`)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
  }
}

async function removeSetAside(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(asidePrefix)) await rm(join(directory, name), { force: true })
  }
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function messages(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
  return `${error instanceof Error ? error.message : String(error)} ${cause}`
}

function detail(error: unknown): { reason: string } {
  return { reason: messages(error).trim() }
}

function isLocked(error: unknown): boolean {
  return /Conflicting lock|Could not set lock|being used by another process/i.test(messages(error))
}

/** The disk or the machine is at fault, and the file may be whole. */
function isMachineTrouble(error: unknown): boolean {
  return /Permission denied|Read-only file system|No space left|Too many open files|Out of Memory|Cannot open file|Input\/output error|EACCES|EPERM|EROFS|ENOSPC|ENOMEM|EMFILE/i.test(
    messages(error),
  )
}
