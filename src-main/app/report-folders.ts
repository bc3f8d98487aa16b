/*
 * Which folders a report may be written to. Trusts no name that comes from a page: on the desktop a folder counts that
 * the user chose in the system's own dialog, on a server the one that its environment names, or one right below it.
 */
import { lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../core/failure'
import type { Reports } from '../contract/reports'

export interface ReportFolders {
  kind: Reports['folders']
  /** The path to write in; it is made where it is missing. Throws `invalid-input` or `report-failed` with a sentence. */
  open(folder: string): Promise<string>
  /** Asks the user; null where none was chosen. Throws `not-supported` where there is nobody to ask. */
  choose(): Promise<string | null>
}

const refuse = (message: string): Failure =>
  new Failure('invalid-input', { message, hint: 'Choose the folder of the report again.' })

export function createReportFolders(options: {
  /** The system's dialog, where the host has one. */
  choose: (() => Promise<string | null>) | undefined
  chosen: { list(): readonly string[]; add(folder: string): Promise<void> }
  /** What the environment of a server allows. */
  allowedRoot: string | null
}): ReportFolders {
  const { choose, chosen, allowedRoot } = options
  if (choose) {
    return {
      kind: 'dialog',
      async open(folder) {
        if (!chosen.list().includes(folder)) throw refuse('This folder was not chosen in the dialog of this app.')
        return existing(folder)
      },
      async choose() {
        const folder = await choose()
        if (folder !== null && !chosen.list().includes(folder)) await chosen.add(folder)
        return folder
      },
    }
  }
  const nobody = (): Promise<never> => Promise.reject(new Failure('not-supported'))
  if (allowedRoot === null) {
    return { kind: 'none', open: async () => Promise.reject(refuse('This host writes to no folder.')), choose: nobody }
  }
  return { kind: 'below', open: (folder) => openBelow(allowedRoot, folder), choose: nobody }
}

/** One level, so that no link on the way can lead out; and what lies there must be no link itself. */
async function openBelow(root: string, folder: string): Promise<string> {
  await existing(root)
  if (folder === '') return root
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,99}$/u.test(folder)) {
    throw refuse('The name of a folder has letters, digits, spaces, dots, dashes and underscores only.')
  }
  const path = join(root, folder)
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw asReportFailure(error)
  })
  return existing(path)
}

async function existing(path: string): Promise<string> {
  const found = await lstat(path).catch((error: unknown) => {
    throw asReportFailure(error)
  })
  if (!found.isDirectory()) throw new Failure('report-failed', { message: 'The folder of the report is no folder.' })
  return path
}

/** What the disk said, as a sentence without a path. */
export function asReportFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  const code = (error as NodeJS.ErrnoException).code
  const sentences: Record<string, string> = {
    ENOENT: 'The folder of the report is not there.',
    EACCES: 'The folder of the report may not be written to.',
    EPERM: 'The folder of the report may not be written to.',
    EROFS: 'The folder of the report can only be read.',
    ENOSPC: 'There is no room left on the disk of the report.',
  }
  const message = code === undefined ? undefined : sentences[code]
  return new Failure('report-failed', { ...(message !== undefined && { message }), cause: error })
}
