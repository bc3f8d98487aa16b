/* What encrypting kept texts costs: the same texts with a key and without. Started by scripts/bench.mjs. */
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBodyStore } from '../../src-main/replica/body-store'
import { silentLog } from '../fakes/silent-log'
import { measureInTurn, table } from './measure'
import { updateReport } from './update-report'

const heading = '## Kept texts'
const rounds = 7
const ids = Array.from({ length: 200 }, () => randomUUID())
const words = randomBytes(6000)
  .toString('base64')
  .match(/.{3,9}/g)!
/** Compresses about as prose does. */
const text = Array.from({ length: 2800 }, (_, at) => words[(at * at * 7) % words.length]).join(' ')

const folder = await mkdtemp(join(tmpdir(), 'nexus-bench-texts-'))
const [plain, sealed] = [null, randomBytes(32)].map((key, index) =>
  createBodyStore({
    directory: join(folder, String(index)),
    limits: { maxBytes: 1e9, maxDays: 60 },
    key,
    log: silentLog,
  }),
)
try {
  const keep = (store: typeof plain) => async () => {
    for (const id of ids) await store!.write(id, { request: text, response: text.slice(0, 4000) })
  }
  const read = (store: typeof plain) => async () => {
    for (const id of ids) await store!.read(id)
  }
  const works = [
    { name: 'keep', run: keep(plain) },
    { name: 'keep encrypted', run: keep(sealed) },
    { name: 'read', run: read(plain) },
    { name: 'read encrypted', run: read(sealed) },
  ]
  const measured = await measureInTurn(works, rounds)
  const rows = ['keep', 'read'].map((name) => {
    const [without, with_] = [name, `${name} encrypted`].map((work) => measured.get(work)!.medianMs / ids.length)
    return [name, `${without!.toFixed(2)} ms`, `${with_!.toFixed(2)} ms`, (with_! / without!).toFixed(2)]
  })
  const report = `${heading}

One request of ${Math.round((text.length + 4000) / 1000)} kB, compressed to a file of its own; medians of ${rounds} rounds in turns.

${table(['', 'plain', 'encrypted', 'ratio'], rows)}`
  console.log(`\n${report}\n`)
  await updateReport(heading, report)
} finally {
  await rm(folder, { recursive: true, force: true })
}
