import type { CacheMiss, CacheMissReason } from '../../contract/threads'
import type { NormalRequest } from '../bodies/read-request-body'
import type { NormalResponse } from '../bodies/read-response-body'
import { hashOf } from '../threads/turn-diff'
import type { PriceLedger } from './create-ledger'
import type { UsageToPrice } from './usage-to-price'

/** One side of two turns, as priced and as stored. */
export interface PricedTurn {
  usage: UsageToPrice
  request: NormalRequest
  response: NormalResponse | null
}

const shortLifetimeMs = 5 * 60_000
const longLifetimeMs = 60 * 60_000
/** No shorter prompt is cached, so that smaller differences are those of where the markers stood. */
const leastCachedTokens = 1024

/** `diagnostics.cache_miss_reason.type` of the Messages API. */
const apiReasons: Record<string, CacheMissReason> = {
  model_changed: 'model-changed',
  tools_changed: 'tools-changed',
  system_changed: 'system-changed',
  messages_changed: 'messages-changed',
  previous_message_not_found: 'previous-message-not-found',
}

/** What was missed and why, without what it cost. */
export type FoundCacheMiss = Omit<CacheMiss, 'lostUsd'>

/**
 * Why a turn did not read from the prompt cache what its parent had left there. Null where it read all of it, or where
 * either's cache figures are not known. The cache is a prefix in the order tools, system, messages and lives for 5
 * minutes, or an hour where the parent asked for that, from its last use.
 */
export function findCacheMiss(parent: PricedTurn, turn: PricedTurn): FoundCacheMiss | null {
  const left = cachedTokens(parent.usage)
  const { cacheReadTokens, inputTokens } = turn.usage
  if (left === null || cacheReadTokens === null) return null
  const paid = (inputTokens ?? 0) + writtenTokens(turn.usage)
  const said = turn.response?.cacheMissReason
  const apiReason = said && apiReasons[said.type]
  const missed = apiReason && said.missedTokens !== null ? said.missedTokens : left - cacheReadTokens
  const missedTokens = Math.max(0, Math.min(missed, paid))
  if (!apiReason && missedTokens < leastCachedTokens) return null

  const pauseMs = Math.max(0, turn.usage.timestampMs - parent.usage.timestampMs)
  const lifetimeMs = hasLongLifetime(parent) ? longLifetimeMs : shortLifetimeMs
  const messageIndex = firstChangedMessage(parent.request, turn.request)
  const found: (CacheMissReason | false)[] = [
    apiReason ?? false,
    modelOf(parent) !== modelOf(turn) && 'model-changed',
    hashOf(parent.request.tools) !== hashOf(turn.request.tools) && 'tools-changed',
    hashOf(parent.request.system) !== hashOf(turn.request.system) && 'system-changed',
    messageIndex !== null && 'messages-changed',
    pauseMs > lifetimeMs && 'pause-too-long',
  ]
  const reasons = [...new Set(found.filter((reason) => reason !== false))]
  return {
    reasons: reasons.length > 0 ? reasons : ['unknown'],
    saidByApi: apiReason !== undefined,
    messageIndex,
    pauseMs,
    lifetimeMs,
    missedTokens,
  }
}

function modelOf({ request, usage }: PricedTurn): string | null {
  return request.model ?? usage.model
}

function writtenTokens({ cacheWrite5mTokens, cacheWrite1hTokens }: UsageToPrice): number {
  return (cacheWrite5mTokens ?? 0) + (cacheWrite1hTokens ?? 0)
}

/** What stood in the cache after a request; null where its usage is not read. */
function cachedTokens(usage: UsageToPrice): number | null {
  if (usage.cacheReadTokens === null && usage.cacheWrite5mTokens === null && usage.cacheWrite1hTokens === null)
    return null
  return (usage.cacheReadTokens ?? 0) + writtenTokens(usage)
}

function hasLongLifetime({ usage, request }: PricedTurn): boolean {
  return (usage.cacheWrite1hTokens ?? 0) > 0 || request.messages.some(({ cacheControl }) => cacheControl?.ttl === '1h')
}

/** Of the messages that the parent had cached, the first that is not the same to the letter. */
function firstChangedMessage(parent: NormalRequest, request: NormalRequest): number | null {
  const lastMarked = parent.messages.findLastIndex(({ cacheControl }) => cacheControl)
  const cached = lastMarked < 0 ? parent.messages : parent.messages.slice(0, lastMarked + 1)
  const index = cached.findIndex(({ role, blocks }, i) => {
    const now = request.messages[i]
    return now === undefined || now.role !== role || hashOf(now.blocks) !== hashOf(blocks)
  })
  return index < 0 ? null : index
}

/**
 * What a miss lost, in US dollars; null without a price: the bill less what it had been with these tokens read from the
 * cache. Writes are taken first.
 */
export function priceCacheMiss(usage: UsageToPrice, missedTokens: number, ledger: PriceLedger): number | null {
  let rest = missedTokens
  const without = (tokens: number | null): number => {
    const taken = Math.min(rest, tokens ?? 0)
    rest -= taken
    return (tokens ?? 0) - taken
  }
  // The attempts of one answer say nothing of the cache; they are priced as one.
  const paid = { ...usage, iterations: null }
  const better = {
    ...paid,
    cacheWrite5mTokens: without(usage.cacheWrite5mTokens),
    cacheWrite1hTokens: without(usage.cacheWrite1hTokens),
    inputTokens: without(usage.inputTokens),
    cacheReadTokens: (usage.cacheReadTokens ?? 0) + missedTokens,
  }
  const [is, couldBe] = [ledger.price(paid).picoUsd, ledger.price(better).picoUsd]
  return is === null || couldBe === null ? null : (is - couldBe) / 1e12
}
