import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../core/ports'
import { redactDetails, redactText } from '../security/redact'

/** One file is kept beside the current one, so the log never takes more than twice this. */
const largestFileBytes = 5_000_000

export interface FileLog extends Log {
  /** From now on this text is cut out of every line. */
  keepOut(secret: string | null): void
  /** The text without the secrets that are kept out of the log. */
  clean(text: string): string
}

type Level = 'info' | 'warn' | 'error'

/**
 * The log as JSON lines in `directory`/nexus.log, readable by the user alone. Secrets are cut out by name and by
 * value before a line is written. `echo` shows warnings and errors on the terminal as well.
 */
export function createFileLog(options: { directory: string; echo?: (line: string) => void }): FileLog {
  const path = join(options.directory, 'nexus.log')
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const secrets = new Set<string>()

  function write(level: Level, message: string, details?: Record<string, unknown>): void {
    const entry = redactDetails({ at: new Date().toISOString(), level, message, ...details }, secrets)
    try {
      rotate(path)
      appendFileSync(path, `${JSON.stringify(entry)}\n`, { mode: 0o600 })
    } catch (error) {
      // A full disk must not stop the app; the terminal still hears of it.
      options.echo?.(`The log could not be written: ${String(error)}`)
    }
    if (level !== 'info') options.echo?.(`${level}: ${redactText(message, secrets)}`)
  }

  return {
    info: (message, details) => write('info', message, details),
    warn: (message, details) => write('warn', message, details),
    error: (message, details) => write('error', message, details),
    keepOut(secret) {
      if (secret) secrets.add(secret)
    },
    clean: (text) => redactText(text, secrets),
  }
}

function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size > largestFileBytes) renameSync(path, `${path}.1`)
}
