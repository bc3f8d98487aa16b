import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { patienceMs } from './tests/fakes/patience.ts'

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['tests/**/*.test.ts'],
    // Two cores: the e2e suites each start a database and a browser of their own.
    maxWorkers: 2,
    // A wait ends long before its test does, and says what did not come.
    testTimeout: 3 * patienceMs,
    hookTimeout: 3 * patienceMs,
    expect: { poll: { timeout: patienceMs } },
    reporters: ['default'],
  },
})
