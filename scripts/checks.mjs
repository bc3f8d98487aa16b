import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { commandFile, projectRoot } from './project.mjs'

/** Every layer is compiled with the types that it may see and no others. Slowest first. */
const typeChecks = [
  ['vue-tsc', 'src-renderer'],
  ['tsc', 'tests'],
  ['tsc', 'src-main'],
  ['tsc', 'src-main/core'],
  ['tsc', 'src-main/contract'],
  ['tsc', 'src-main/preload'],
].map(([compiler, folder]) => ({
  name: `types of ${folder}`,
  command: commandFile(compiler === 'tsc' ? 'typescript' : compiler, compiler),
  args: ['-p', folder, '--incremental', '--tsBuildInfoFile', `.cache/types/${folder.replaceAll('/', '-')}.tsbuildinfo`],
}))

/** What `npm run check` looks at. The architecture tests are apart, as `npm test` runs them with all others. */
export const checks = [
  ...typeChecks,
  { name: 'unused code (knip)', command: commandFile('knip'), args: ['--no-progress', '--cache'] },
  { name: 'lint (oxlint)', command: commandFile('oxlint'), args: ['--quiet'] },
  {
    name: 'format (prettier)',
    command: commandFile('prettier'),
    args: ['--check', '.', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier'],
  },
]

export const architectureCheck = {
  name: 'imports and file lengths',
  command: commandFile('vitest'),
  args: ['run', 'tests/architecture', '--reporter=dot'],
}

/** Runs the checks, two at a time on two cores, and prints each as it ends. Gives the names of those that failed. */
export async function runChecks(list) {
  const waiting = [...list]
  const failed = []
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const startedMs = performance.now()
      const { code, output } = await run(check)
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)`)
      if (code === 0) continue
      failed.push(check.name)
      console.log(output.trim())
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))
  return failed
}

function run({ command, args }) {
  const child = spawn(process.execPath, [command, ...args], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}
