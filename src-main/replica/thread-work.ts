import { readRequestBody } from '../core/bodies/read-request-body'
import { readResponseBody } from '../core/bodies/read-response-body'
import { countRepeatedCalls } from '../core/bodies/repeated-calls'
import type { StoredBodies } from '../core/ports'
import { fingerprint } from '../core/threads/fingerprint'
import { linkThreads } from '../core/threads/link-threads'
import type { ByHand } from '../core/threads/place-by-hand'
import { createRelatedSets, type RelatedSets } from '../core/threads/related-sets'
import type { ThreadLink, ThreadRequest } from '../core/threads/thread-request'
import { packFingerprint, unpackFingerprint } from './pack-fingerprint'

/** Requests with their packed fingerprints, one behind the other in `prints`; each ends where `ends` says. */
export interface PackedRequests {
  ids: string[]
  timestampsUs: Float64Array
  prints: Uint8Array
  ends: Uint32Array
}

export interface TurnLink extends ThreadLink {
  /** From 1, along the line of parents. */
  turn: number
  timestampUs: number
}

/** What is kept of bodies that were read once. */
export interface BodyPrint {
  /** The packed fingerprint. */
  print: Uint8Array
  /** How often the call was made that was made most; -1 where nothing could be read. */
  repeatedCalls: number
}

/** The domain's name beside its code: requests of different domains never meet, whatever the domain is called. */
export interface DomainKey {
  code: number
  name: string | null
}

/**
 * The work of threading that would block whoever does it. It remembers fingerprints by domain, so that joining costs
 * what the new requests and their relatives cost, however large the domain is. Keeps no text.
 */
export interface ThreadWork {
  /** What is read of bodies; of `null`, a fingerprint that says nothing. */
  print(bodies: StoredBodies | null): BodyPrint
  /** Whether the fingerprints of a domain were taken in since `forget`. */
  knows(domain: number): boolean
  take(domain: DomainKey, requests: PackedRequests): void
  remove(domain: number, ids: string[]): void
  /** Forgets all domains: codes of another workspace mean others. */
  forget(): void
  /** Links of the sets that these requests are in, of about `most` requests, and the requests whose sets are still to do. */
  link(domain: number, ids: string[], byHand: ByHand, most: number): { links: TurnLink[]; rest: string[] }
}

/** Beyond this many requests the domains that were joined longest ago are forgotten, to be taken in again. */
const mostRequests = 300_000

export function createThreadWork(): ThreadWork {
  const domains = new Map<number, RelatedSets>()

  function makeRoom(): void {
    let held = 0
    for (const sets of domains.values()) held += sets.size
    for (const [code, sets] of domains) {
      if (held <= mostRequests || domains.size === 1) return
      domains.delete(code)
      held -= sets.size
    }
  }

  return {
    print(bodies) {
      const request = readRequestBody(bodies?.request ?? null)
      const response = readResponseBody(bodies?.response ?? null)
      const print = fingerprint(request, response)
      const place = bodies?.place ?? null
      return {
        print: packFingerprint({ ...print, sessionId: place?.sessionId ?? print.sessionId, place }),
        repeatedCalls:
          bodies === null ? -1 : countRepeatedCalls(request.messages, response.answer.message?.blocks ?? []),
      }
    },
    knows: (domain) => domains.has(domain),
    take({ code, name }, requests) {
      const sets = domains.get(code) ?? createRelatedSets()
      domains.set(code, sets)
      for (const request of unpackRequests(requests, name)) sets.put(request)
    },
    remove(domain, ids) {
      domains.get(domain)?.remove(ids)
    },
    forget() {
      domains.clear()
    },
    link(domain, ids, byHand, most) {
      const sets = domains.get(domain) ?? createRelatedSets()
      // The last of the map is the one that was joined last.
      if (domains.delete(domain)) domains.set(domain, sets)
      makeRoom()
      sets.joinByHand(byHand)
      const done = new Set<string>()
      const related: ThreadRequest[] = []
      let next = 0
      for (; next < ids.length && related.length < most; next++) {
        if (done.has(ids[next]!)) continue
        for (const request of sets.setOf(ids[next]!)) {
          done.add(request.id)
          related.push(request)
        }
      }
      return {
        links: toTurnLinks(related, byHand),
        rest: ids.slice(next).filter((id) => !done.has(id)),
      }
    },
  }
}

function unpackRequests({ ids, timestampsUs, prints, ends }: PackedRequests, domain: string | null): ThreadRequest[] {
  return ids.map((id, i) => {
    const { place, ...print } = unpackFingerprint(prints.subarray(i === 0 ? 0 : ends[i - 1]!, ends[i]))
    const source = place && (place.parentId !== null || place.isSubtask) ? place : null
    return {
      id,
      // Microseconds in the place of milliseconds' fraction: two in one millisecond keep their order.
      timestampMs: timestampsUs[i]! / 1000,
      domain,
      conversationId: place?.conversationId ?? null,
      branchId: place?.branchId ?? null,
      ...(source && { source: { parentId: source.parentId, isSubtask: source.isSubtask } }),
      print,
    }
  })
}

function toTurnLinks(requests: readonly ThreadRequest[], byHand: ByHand): TurnLink[] {
  const times = new Map(requests.map(({ id, timestampMs }) => [id, Math.round(timestampMs * 1000)]))
  const turns = new Map<string, number>()
  // Links come in the order of time: what a request carries on stands before it.
  return linkThreads(requests, byHand).map((link) => {
    const { id, retryOf, parentId, kind } = link
    const before = parentId === null || kind === 'sub-agent' ? 0 : (turns.get(parentId) ?? 0)
    const turn = retryOf === null ? before + 1 : (turns.get(retryOf) ?? 1)
    turns.set(id, turn)
    return { ...link, turn, timestampUs: times.get(id) ?? 0 }
  })
}
