import { defineConfig } from 'vite'

/** One CommonJS file that requires nothing but `electron`, as a sandboxed preload must be. */
export default defineConfig({
  build: {
    ssr: 'src-main/preload/preload.ts',
    outDir: 'dist/preload',
    emptyOutDir: true,
    target: 'chrome120',
    minify: false,
    reportCompressedSize: false,
    rolldownOptions: { external: ['electron'], output: { format: 'cjs', entryFileNames: 'preload.cjs' } },
  },
})
