// npm test: installs, checks, builds and runs every test; the last line is the count and nothing else.
import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { runScript, ScriptError } from './project.mjs'

const outcome = { passed: 0, failed: 0, skipped: 0 }

await runScript(async () => {
  await ensureInstalled()
  const { checks, runChecks } = await import('./checks.mjs')
  const failed = await runChecks(checks)
  outcome.failed += failed.length
  outcome.passed += checks.length - failed.length
  try {
    await ensureBuilt()
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    console.error(`${error.message} The tests that run the bundles will fail too.`)
    outcome.failed += 1
  }
  await runTests(process.argv.slice(2))
})
console.log(`${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped} skipped`)
// Said outright: a database or browser that a failed test left behind must not keep the run from ending.
process.exit(outcome.failed === 0 && process.exitCode === undefined ? 0 : 1)

async function runTests(filters) {
  const { startVitest } = await import('vitest/node')
  const vitest = await startVitest('test', filters, { watch: false })
  const skips = []
  for (const testModule of vitest.state.getTestModules()) {
    for (const test of testModule.children.allTests()) {
      const { state, note } = test.result()
      outcome[state === 'pending' ? 'failed' : state] += 1
      if (state === 'skipped')
        skips.push(`${testModule.relativeModuleId}: ${test.fullName}: ${note ?? 'no reason given'}`)
    }
    // A file that cannot be loaded and a hook that throws have no test of their own to fail.
    for (const broken of [testModule, ...testModule.children.allSuites()]) outcome.failed += broken.errors().length
  }
  outcome.failed += vitest.state.getUnhandledErrors().length
  await vitest.close()
  for (const skip of skips) console.log(`skipped ${skip}`)
}
