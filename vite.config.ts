import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

/** The renderer: one bundle for both hosts. Both hosts serve it below `/dashboard/`: https://host/dashboard/ and app://ui/dashboard/. */
export default defineConfig({
  root: 'src-renderer',
  base: '/dashboard/',
  plugins: [vue(), tailwindcss()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    // Data URLs for small assets would be one more thing for the content policy to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // ECharts alone is half a megabyte; it is a chunk of its own, loaded with the first chart.
    chunkSizeWarningLimit: 700,
  },
})
