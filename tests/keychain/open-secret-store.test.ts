import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSecretStore } from '../../src-main/keychain/open-secret-store'
import { silentLog } from '../fakes/silent-log'
import { eventually } from '../fakes/eventually'

const refusing = (message: string) => () => Promise.reject(new Error(message))

describe('where there is no keychain that works', () => {
  test.each([
    ['libsecret is missing', 'libsecret-1.so.0: cannot open shared object file', /libsecret is not installed/],
    ['no bus', 'Cannot autolaunch D-Bus without X11 $DISPLAY', /No keychain service/],
    ['a locked keyring', 'Cannot create an item in a locked collection', /is locked/],
    ['anything else', 'what now', /cannot be used/],
  ])('%s: secrets live in memory and the reason is said', async (_case, message, reason) => {
    const store = await openSecretStore({ log: silentLog, load: refusing(message) })
    expect(store.kind).toBe('in-memory')
    expect(store.reason).toMatch(reason)
    await store.set('connection/1/password', 's3cret')
    expect(await store.get('connection/1/password')).toBe('s3cret')
    await store.delete('connection/1/password')
    expect(await store.get('connection/1/password')).toBeNull()
  })

  test('a service that never answers is given up after a few seconds', async () => {
    const keytar = { getPassword: () => new Promise<null>(() => undefined), setPassword: async () => undefined }
    const store = await openSecretStore({
      log: silentLog,
      load: async () => ({ ...keytar, deletePassword: async () => true }),
    })
    expect(store.reason).toMatch(/does not answer/)
  })

  test('this very machine gives either a keychain or a reason, and never throws', async () => {
    const store = await openSecretStore({ log: silentLog })
    expect(store.kind === 'persisted' ? store.reason : typeof store.reason).toBe(
      store.kind === 'persisted' ? null : 'string',
    )
  })
})

function missingPart(): string | null {
  if (process.platform !== 'linux') return 'the throw-away Secret Service is for Linux'
  for (const program of ['dbus-daemon', 'gnome-keyring-daemon']) {
    if (spawnSync('which', [program]).status !== 0) return `${program} is not installed on this machine`
  }
  const libraries = spawnSync('ldconfig', ['-p'], { encoding: 'utf8', env: { PATH: '/sbin:/usr/sbin' } }).stdout
  return libraries.includes('libsecret-1') ? null : 'libsecret is not installed on this machine'
}

const missing = missingPart()

/** A bus that starts nothing by itself: a second, locked keyring must not take the place of ours. */
const busConfiguration = (folder: string): string => `<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=${folder}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>`

/** A throw-away, unlocked Secret Service on a bus of its own, so the user's keychain is never touched. */
async function startSecretService() {
  const home = mkdtempSync(join(tmpdir(), 'nexus-keychain-'))
  const configuration = join(home, 'bus.conf')
  writeFileSync(configuration, busConfiguration(home))
  const bus = spawn('dbus-daemon', [`--config-file=${configuration}`, '--nofork', '--print-address'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [address] = (await once(bus.stdout, 'data')) as [Buffer]
  // libsecret reads the address of this very process.
  process.env['DBUS_SESSION_BUS_ADDRESS'] = String(address).trim()
  spawnSync('gnome-keyring-daemon', ['--unlock', '--components=secrets'], {
    input: 'test-password',
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home },
  })
  // The daemon ends with its bus.
  return () => bus.kill()
}

describe('a real Secret Service', () => {
  let stop: () => unknown = () => undefined
  beforeAll(async () => {
    if (missing === null) stop = await startSecretService()
  })
  afterAll(() => stop())

  test('a secret makes the round trip', async ({ skip }) => {
    if (missing !== null) skip(missing)
    // The daemon is on the bus a moment before its collection is open.
    const store = await eventually(
      async () => {
        const opened = await openSecretStore({ log: silentLog })
        expect(opened.kind).toBe('persisted')
        await opened.set('connection/1/password', 's3cr3t-Ü')
        return opened
      },
      { everyMs: 100 },
    )
    expect(await store.get('connection/1/password')).toBe('s3cr3t-Ü')
    await store.delete('connection/1/password')
    expect(await store.get('connection/1/password')).toBeNull()
  })
})
