import { randomBytes } from 'node:crypto'
import type { z } from 'zod'
import type { OfflineSettings, OfflineState, powerReport } from '../contract/offline'
import { Failure } from '../core/failure'
import type { Log, OfflineWish, SecretStore } from '../core/ports'
import type { BodyKey } from '../replica/pack-bodies'
import type { AppApi } from '../rpc/app-api'
import type { JsonFile } from '../settings/json-file'
import type { OfflineChoices } from '../settings/offline-choices'
import type { Workspaces } from './workspaces'

const keyAccount = 'offline/body-key'
const keyBytes = 32
const megabyte = 1_000_000
const nothingChosen = { domains: [], conversationsOf: [] }
/** A page that has gone tells nothing more; its last word counts for so long. */
const reportHoldsMs = 15 * 60_000

/** What is kept without a network: the user's choices, the settings, and what the pages tell of power and network. */
export interface Offline {
  api: AppApi['offline']
  /** What the sync is to fetch for that source; null while nothing is to be fetched. */
  wish(sourceKey: string): Omit<OfflineWish, 'requests'> | null
  bodyLimits(): { maxBytes: number; maxDays: number }
  /** The key that texts are encrypted with; null where they are not to be. Makes one where there is none yet. */
  bodyKey(): Promise<BodyKey>
  /** Makes changed settings hold in the open workspace. Throws `keychain-unavailable` before anything changed. */
  apply(next: OfflineSettings): Promise<void>
}

export function createOffline(options: {
  choices: JsonFile<OfflineChoices>
  secrets: SecretStore
  settings(): OfflineSettings
  workspaces(): Workspaces
  /** The host's own word, which goes before a page's. */
  isOnBattery?: (() => boolean) | undefined
  log: Log
  now?: () => number
}): Offline {
  const { choices, secrets, settings, log, now = Date.now } = options
  let power: (z.infer<typeof powerReport> & { atMs: number }) | null = null

  function heldBy(): 'keychain' | 'battery' | 'metered' | null {
    if (isKeyAway()) return 'keychain'
    const told = power !== null && now() - power.atMs <= reportHoldsMs ? power : null
    if (options.isOnBattery?.() ?? told?.isOnBattery) return 'battery'
    return told?.isMetered ? 'metered' : null
  }

  /** Texts are encrypted with a key of a keychain that did not answer at start; it may answer at the next. */
  function isKeyAway(): boolean {
    return settings().encrypt && secrets.kind === 'in-memory'
  }

  const chosen = (sourceKey: string) => choices.value()[sourceKey] ?? nothingChosen

  async function state(): Promise<OfflineState> {
    const { replica, sourceKey, sync } = options.workspaces().open()
    return {
      ...(await replica.bodies.size()),
      maxBytes: settings().megabytes * megabyte,
      isEncrypted: settings().encrypt,
      heldBy: sync.state().phase === 'paused' ? 'paused' : heldBy(),
      ...chosen(sourceKey),
    }
  }

  async function bodyKey(): Promise<BodyKey> {
    if (!settings().encrypt) return null
    if (isKeyAway()) return 'away'
    const stored = await secrets.get(keyAccount)
    if (stored !== null) return Buffer.from(stored, 'base64')
    log.warn('There is no key for the kept texts: a new one is made, and texts of the former one are dropped')
    return makeKey()
  }

  async function makeKey(): Promise<Buffer> {
    const key = randomBytes(keyBytes)
    await secrets.set(keyAccount, key.toString('base64'))
    return key
  }

  return {
    wish(sourceKey) {
      if (heldBy() !== null) return null
      const { newest, days, megabytes } = settings()
      return { ...chosen(sourceKey), newest, days, maxBytes: megabytes * megabyte }
    },
    bodyLimits: () => limitsOf(settings()),
    bodyKey,
    async apply(next) {
      const former = settings()
      if (next.encrypt && !former.encrypt && secrets.kind === 'in-memory') {
        throw new Failure('keychain-unavailable', {
          hint: 'Texts are not encrypted: their key would be gone with this session, and they with it.',
        })
      }
      const current = options.workspaces().current()?.replica
      if (former.encrypt && !next.encrypt && isKeyAway() && ((await current?.bodies.size())?.bodies ?? 0) > 0) {
        throw new Failure('keychain-unavailable', {
          hint: 'What is kept is encrypted with a key of the keychain. Start again once the keychain answers, or clear what is kept.',
        })
      }
      if (next.encrypt !== former.encrypt) {
        const stored = next.encrypt ? await secrets.get(keyAccount) : null
        const key = next.encrypt ? (stored === null ? await makeKey() : Buffer.from(stored, 'base64')) : null
        await current?.bodies.setKey(key)
      }
      await current?.bodies.setLimits(limitsOf(next))
    },
    api: {
      state,
      async keep({ domain, conversationOf, keep }) {
        const { sourceKey, sync } = options.workspaces().open()
        const changed = (list: string[], item: string | undefined): string[] =>
          item === undefined ? list : [...list.filter((other) => other !== item), ...(keep ? [item] : [])]
        await choices.change((all) => {
          const { domains, conversationsOf } = all[sourceKey] ?? nothingChosen
          return {
            ...all,
            [sourceKey]: {
              domains: changed(domains, domain),
              conversationsOf: changed(conversationsOf, conversationOf?.toLowerCase()),
            },
          }
        })
        sync.fetchForOffline()
        return state()
      },
      async clear() {
        await options.workspaces().open().replica.bodies.clear()
        return state()
      },
      async report(report) {
        const wasHeld = heldBy() !== null
        power = { ...report, atMs: now() }
        if (wasHeld && heldBy() === null) options.workspaces().current()?.sync.fetchForOffline()
      },
    },
  }
}

function limitsOf({ megabytes, days }: OfflineSettings): { maxBytes: number; maxDays: number } {
  return { maxBytes: megabytes * megabyte, maxDays: days }
}
