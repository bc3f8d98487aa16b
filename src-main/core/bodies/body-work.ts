import type { TurnDiff } from '../../contract/threads'
import type { RequestUsage, StoredBodies } from '../ports'
import { findCacheMiss, type FoundCacheMiss } from '../pricing/explain-cache-miss'
import { toUsageToPrice, type RowToPrice, type UsageToPrice } from '../pricing/usage-to-price'
import { turnDiff } from '../threads/turn-diff'
import { cutPage, openWhole, readWhole, type OpenedBodies, type WholeBodies } from './open-bodies'
import { readRequestBody } from './read-request-body'
import { readResponseBody } from './read-response-body'

/** One of two turns that are compared, as its row and as stored. */
export interface TurnToCompare {
  bodies: StoredBodies
  row: RowToPrice
  /** Null while it is not read: then the answer's own holds. */
  usage: Omit<RequestUsage, 'id'> | null
}

export interface ComparedTurn {
  diff: TurnDiff
  cacheMiss: FoundCacheMiss | null
  /** Of the later turn, for pricing what it missed. */
  usage: UsageToPrice
}

/** The work of reading that would block whoever does it: parsing bodies, and comparing them. */
export interface BodyWork {
  /** Both bodies in normal form with as many of the newest messages as are wanted. Large ones stay open under `id`. */
  open(id: string, bodies: StoredBodies, want: { characters?: number }): OpenedBodies
  /** Earlier messages of bodies that are open, or that are given; null where they are neither. */
  turnBack(
    id: string,
    want: { before: number; characters: number },
    bodies?: StoredBodies,
  ): Pick<OpenedBodies, 'page' | 'response'> | null
  compare(parent: TurnToCompare, turn: TurnToCompare): ComparedTurn
  /** Closes what is open. */
  close(): void
}

/** Bodies whose pages may be turned are few; this is about 300 MB of memory at most. */
const mostOpenCharacters = 60_000_000

export function createBodyWork(): BodyWork {
  const open = new Map<string, WholeBodies>()

  function keepOpen(id: string, whole: WholeBodies): void {
    open.delete(id)
    open.set(id, whole)
    let characters = 0
    for (const { rawSize } of open.values()) characters += rawSize.request + rawSize.response
    for (const [oldest, { rawSize }] of open) {
      if (characters <= mostOpenCharacters || open.size === 1) return
      open.delete(oldest)
      characters -= rawSize.request + rawSize.response
    }
  }

  return {
    open(id, bodies, want) {
      const whole = readWhole(bodies)
      const opened = openWhole(whole, want)
      if (opened.page.from > 0) keepOpen(id, whole)
      return opened
    },
    turnBack(id, want, bodies) {
      const whole = open.get(id) ?? (bodies && readWhole(bodies))
      if (whole) keepOpen(id, whole)
      return whole ? { page: cutPage(whole, want), response: whole.response } : null
    },
    compare(parent, turn) {
      const [before, now] = [readTurn(parent), readTurn(turn)]
      return { diff: turnDiff(before, now.request), cacheMiss: findCacheMiss(before, now), usage: now.usage }
    },
    close() {
      open.clear()
    },
  }
}

function readTurn({ bodies, row, usage }: TurnToCompare) {
  const response = readResponseBody(bodies.response)
  return {
    usage: toUsageToPrice(row, usage ?? response.usage),
    request: readRequestBody(bodies.request),
    response,
  }
}
