// Every layer is compiled with the types it may see and no others.
import { spawnSync } from 'node:child_process'

const layers = [
  ['tsc', 'src-main/contract'],
  ['tsc', 'src-main/core'],
  ['tsc', 'src-main'],
  ['tsc', 'src-main/preload'],
  ['vue-tsc', 'src-renderer'],
  ['tsc', 'tests'],
]

let failed = false
for (const [compiler, folder] of layers) {
  const { status } = spawnSync('npx', ['--no-install', compiler, '-p', folder], { stdio: 'inherit' })
  if (status !== 0) {
    console.error(`types: ${folder} failed`)
    failed = true
  }
}
process.exit(failed ? 1 : 0)
