// npm run package: builds and hands over to electron-builder; its own arguments may follow, as in -- --linux deb. With
// NEXUS_UPDATE_URL the packed app looks there for newer versions, and the files to put there are written beside it.
import { spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { commandFile, projectRoot, runScript } from './project.mjs'

await runScript(async () => {
  await ensureInstalled()
  await ensureBuilt()
  // From npm, so that archives are made without fetching a tool.
  const { path7za } = await import('7zip-bin')
  // The package loses the bit on its way through npm.
  chmodSync(path7za, 0o755)
  const { NEXUS_UPDATE_URL: feed } = process.env
  const publish = feed ? ['-c.publish.provider=generic', `-c.publish.url=${feed}`, '--publish=never'] : []
  const args = [commandFile('electron-builder'), ...publish, ...process.argv.slice(2)]
  const { status } = spawnSync(process.execPath, args, {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ELECTRON_BUILDER_7ZIP_PATH: path7za, ...process.env },
  })
  process.exitCode = status ?? 1
})
