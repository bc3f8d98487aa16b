import type * as keytarModule from 'keytar'
import type { Log, SecretStore } from '../core/ports'

const service = 'nexus-desktop'

/** A bus that starts no daemon answers after 25 s; nobody should look at a blank window for that long. */
const patienceMs = 3000

type Keytar = Pick<typeof keytarModule, 'getPassword' | 'setPassword' | 'deletePassword'>

/**
 * The operating system's keychain through keytar, or, where there is none that works, memory for this session with the
 * reason. It is loaded here and not at start: on a machine without libsecret the module throws as it loads.
 */
export async function openSecretStore(options: { log: Log; load?: () => Promise<Keytar> }): Promise<SecretStore> {
  const load = options.load ?? loadKeytar
  try {
    const keytar = await withinPatience(load())
    await withinPatience(keytar.getPassword(service, 'probe'))
    return persistedStore(keytar)
  } catch (error) {
    const reason = describeAbsence(error)
    options.log.warn('No keychain: secrets live for this session only', { reason, cause: String(error) })
    return memoryStore(reason)
  }
}

async function loadKeytar(): Promise<Keytar> {
  const loaded = (await import('keytar')) as Keytar & { default?: Keytar }
  return loaded.default ?? loaded
}

function persistedStore(keytar: Keytar): SecretStore {
  return {
    kind: 'persisted',
    reason: null,
    get: (account) => keytar.getPassword(service, account),
    set: (account, secret) => keytar.setPassword(service, account, secret),
    delete: async (account) => {
      await keytar.deletePassword(service, account)
    },
  }
}

function memoryStore(reason: string): SecretStore {
  const secrets = new Map<string, string>()
  return {
    kind: 'in-memory',
    reason,
    get: async (account) => secrets.get(account) ?? null,
    set: async (account, secret) => void secrets.set(account, secret),
    delete: async (account) => void secrets.delete(account),
  }
}

class OutOfPatience extends Error {}

function withinPatience<T>(work: Promise<T>): Promise<T> {
  // Whoever answers after the time-out is not listened to any more, so its failure is not an unhandled one.
  work.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new OutOfPatience(`no answer in ${patienceMs} ms`)), patienceMs)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}

function describeAbsence(error: unknown): string {
  const text = String(error instanceof Error ? error.message : error)
  if (error instanceof OutOfPatience) return 'The keychain service of this machine does not answer.'
  if (/libsecret|ERR_DLOPEN_FAILED|cannot open shared object/i.test(text)) {
    return 'The library libsecret is not installed on this machine.'
  }
  if (/lock|prompt|dismiss/i.test(text)) return 'The keychain of this machine is locked.'
  if (/dbus|bus|autolaunch|\.service|ServiceUnknown/i.test(text)) {
    return 'No keychain service (Secret Service) runs on this machine.'
  }
  return 'The keychain of this machine cannot be used.'
}
