// npm run -s export -- --format csv …: requests as a file. Says nothing itself, since its output may be the file.
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt } from './build.mjs'
import { ensureInstalled } from './install.mjs'
import { projectRoot, runScript } from './project.mjs'

await runScript(async () => {
  // What an installation or a build has to say must not get into the file.
  console.log = console.error
  await ensureInstalled()
  await ensureBuilt(['main'])
  const command = path.join(projectRoot, 'dist/main/export.js')
  process.argv = [process.argv[0], command, ...process.argv.slice(2)]
  await import(pathToFileURL(command).href)
})
