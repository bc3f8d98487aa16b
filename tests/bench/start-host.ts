import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatMs, table } from './measure'

const key = 'bench'
const megabyte = 1024

interface Start {
  servingMs: number
  answeredMs: number
  rssMb: number
  trendRssMb: number
}

/** The built browser host as `npm run serve` starts it, on a folder that has the replica; each start is a new process. */
export async function measureStart(options: {
  databaseUrl: string
  dataDirectory: string
  endMs: number
}): Promise<string> {
  const runs: Start[] = []
  for (let run = 0; run < 5; run++) runs.push(await startOnce(options))
  const median = (pick: (start: Start) => number) => runs.map(pick).toSorted((a, b) => a - b)[2]!
  return table(
    ['start of the built host, from disk', 'measured', 'goal'],
    [
      ['process start until it serves', formatMs(median((one) => one.servingMs)), ''],
      ['process start until the figures of the 24 h overview', formatMs(median((one) => one.answeredMs)), '< 500 ms'],
      ['memory five seconds later', `${Math.round(median((one) => one.rssMb))} MB`, '< 300 MB'],
      ['memory after a 90-day trend by model', `${Math.round(median((one) => one.trendRssMb))} MB`, '< 300 MB'],
    ],
  )
}

async function startOnce({
  databaseUrl,
  dataDirectory,
  endMs,
}: {
  databaseUrl: string
  dataDirectory: string
  endMs: number
}): Promise<Start> {
  const startedMs = performance.now()
  const child = spawn(process.execPath, [join(process.cwd(), 'dist/main/web.js')], {
    env: {
      PATH: process.env.PATH,
      HOME: dataDirectory,
      PORT: '0',
      NEXUS_DATA_DIR: dataDirectory,
      DATABASE_URL: databaseUrl,
      DASHBOARD_API_KEY: key,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const origin = await new Promise<string>((found, failed) => {
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk
        const address = /serves the dashboard at (http:\/\/[^/\s]+)/.exec(output)
        if (address) found(address[1]!)
      })
      child.once('exit', () => failed(new Error(`The host ended: ${output}`)))
    })
    const servingMs = performance.now() - startedMs
    const to = new Date(endMs).toISOString()
    const ask = async (days: number) => {
      const from = new Date(endMs - days * 86_400_000).toISOString()
      const answer = await fetch(`${origin}/dashboard/api/overview?from=${from}&to=${to}&by=model`, {
        headers: { 'X-Dashboard-Key': key },
      })
      return answer.ok ? ((await answer.json()) as { stats: { requests: number } }).stats.requests : 0
    }
    while ((await ask(1)) === 0) {
      if (performance.now() - startedMs > 30_000) throw new Error('The host gives no figures')
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    const answeredMs = performance.now() - startedMs
    await new Promise((resolve) => setTimeout(resolve, 5000))
    const rssMb = residentMb(child.pid!)
    await ask(90)
    return { servingMs, answeredMs, rssMb, trendRssMb: residentMb(child.pid!) }
  } finally {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    }
  }
}

/** As Linux tells it; elsewhere it is not known. */
function residentMb(pid: number): number {
  const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(found?.[1] ?? Number.NaN) / megabyte
}
