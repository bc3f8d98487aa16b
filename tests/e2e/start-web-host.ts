import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const bundle = resolve(import.meta.dirname, '../../dist/main/web.js')

export interface RunningHost {
  origin: string
  /** What it printed so far. */
  output(): string
  dataDirectory: string
  stop(): Promise<void>
}

/** The built browser host as a process of its own, as `npm run serve` starts it. */
export async function startWebHost(variables: Record<string, string>, dataDirectory?: string): Promise<RunningHost> {
  const directory = dataDirectory ?? mkdtempSync(join(tmpdir(), 'nexus-e2e-'))
  const child = spawn(process.execPath, [bundle], {
    env: { PATH: process.env['PATH'], HOME: directory, PORT: '0', NEXUS_DATA_DIR: directory, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const origin = await new Promise<string>((found, failed) => {
    const read = (chunk: Buffer): void => {
      output += chunk
      const address = /serves the dashboard at (http:\/\/[^/\s]+)/.exec(output)
      if (address) found(address[1]!)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', (code) => failed(new Error(`The host ended with ${code}: ${output}`)))
  })
  return {
    origin,
    output: () => output,
    dataDirectory: directory,
    async stop() {
      await ended(child)
      if (dataDirectory === undefined) rmSync(directory, { recursive: true, force: true })
    },
  }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
