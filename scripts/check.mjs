// npm run check: all that can be said about the code without running it.
import { ensureInstalled } from './install.mjs'
import { runScript, ScriptError } from './project.mjs'

await runScript(async () => {
  await ensureInstalled()
  // Imported late: it looks for the tools in node_modules.
  const { architectureCheck, checks, runChecks } = await import('./checks.mjs')
  const failed = await runChecks([...checks, architectureCheck])
  if (failed.length > 0) throw new ScriptError(`Failed: ${failed.join(', ')}.`)
  console.log('All checks passed.')
})
