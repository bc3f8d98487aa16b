// npm run package: builds and hands over to electron-builder; its own arguments may follow, as in -- --linux deb.
import { spawnSync } from 'node:child_process'
import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { commandFile, projectRoot, runScript } from './project.mjs'

await runScript(async () => {
  await ensureInstalled()
  await ensureBuilt()
  const { status } = spawnSync(process.execPath, [commandFile('electron-builder'), ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
})
