import type { Answer, Message, MessagePage, RequestDetail, RequestRow } from '../../contract/conversations'
import type { RequestUsage } from '../ports'
import type { PriceLedger } from '../pricing/create-ledger'
import { toUsageToPrice } from '../pricing/usage-to-price'
import { apportionTokens, type PromptWeights } from './apportion-tokens'
import type { OpenedBodies, OpenedPage } from './open-bodies'
import { estimateBlocks } from './estimate-tokens'
import type { NormalResponse } from './read-answer-message'
import type { AnswerUsage } from './read-usage'

/**
 * One request as a reader sees it: its row, its price in parts, its bodies in normal form. What the row lacks and its
 * bodies tell (they may have been read later than the row) is filled in, so that the page agrees with itself.
 */
export function buildRequestDetail(from: {
  row: RequestRow
  usage: RequestUsage | null
  opened: OpenedBodies
  ledger: PriceLedger
  readFrom: RequestDetail['readFrom']
  readAt: string
}): RequestDetail {
  const { opened, ledger } = from
  const { request, response, page } = opened
  const usage = mergeUsage(from.usage, response.usage)
  const toPrice = toUsageToPrice({ ...from.row, timestampMs: Date.parse(from.row.timestamp) }, usage)
  const cost = ledger.explain(toPrice)
  const row = fillRow(from.row, usage, response.answer, cost.totalUsd)
  const shares = sharesOf(row, page)
  const { message } = response.answer
  const { from: firstShown, total } = page
  const thinking = thinkingOf(response, row.outputTokens)
  return {
    request: { ...row, preview: row.preview ?? opened.preview },
    cost,
    system: request.system,
    tools: request.tools,
    parameters: request.parameters,
    messages: withShares(page, shares),
    ...(firstShown > 0 && { page: { from: firstShown, total } }),
    systemTokens: shares?.system ?? null,
    toolsTokens: shares?.tools ?? null,
    notes: request.notes,
    ...(thinking && { thinking }),
    response: { ...response.answer, message: message && { ...message, tokens: row.outputTokens } },
    rawSize: opened.rawSize,
    readFrom: from.readFrom,
    readAt: from.readAt,
  }
}

/** The API's own count, else the share of the output by length; undefined without thinking, or where its text is not there. */
function thinkingOf(
  { answer, thinkingTokens }: NormalResponse,
  outputTokens: number | null,
): RequestDetail['thinking'] {
  if (thinkingTokens !== undefined) return { tokens: thinkingTokens, isEstimate: false }
  const blocks = answer.message?.blocks ?? []
  const thoughts = blocks.filter((block) => block.kind === 'thinking')
  if (outputTokens === null || thoughts.length === 0 || thoughts.some(({ text }) => text === '')) return undefined
  const all = estimateBlocks(blocks)
  return all > 0 ? { tokens: Math.round((outputTokens * estimateBlocks(thoughts)) / all), isEstimate: true } : undefined
}

/** Messages of one request before those that were shown, with their shares of the same total. */
export function buildMessagePage(from: {
  row: RequestRow
  usage: RequestUsage | null
  opened: Pick<OpenedBodies, 'page' | 'response'>
}): MessagePage {
  const { page, response } = from.opened
  const row = fillRow(from.row, mergeUsage(from.usage, response.usage), response.answer, null)
  return { from: page.from, total: page.total, messages: withShares(page, sharesOf(row, page)) }
}

/** No prompt is empty: 0 stands for a request that was refused before it was counted. */
function sharesOf(row: RequestRow, { weights }: OpenedPage): PromptWeights | null {
  const promptTokens = (row.inputTokens ?? 0) + (row.cacheReadTokens ?? 0) + (row.cacheWriteTokens ?? 0)
  return promptTokens > 0 ? apportionTokens(weights, promptTokens) : null
}

function withShares({ messages, from }: OpenedPage, shares: PromptWeights | null): Message[] {
  if (!shares) return messages
  return messages.map((message, i) => ({
    ...message,
    tokens: shares.messages[from + i] ?? 0,
    tokensEstimated: true,
  }))
}

/** The replica's figures, for sums are made of them; those of the body where the replica has none yet. */
function mergeUsage(kept: RequestUsage | null, read: AnswerUsage | null): AnswerUsage | null {
  if (kept === null || read === null) return kept ?? read
  const writes = kept.cacheWrite5mTokens === null && kept.cacheWrite1hTokens === null ? read : kept
  return {
    inputTokens: kept.inputTokens ?? read.inputTokens,
    outputTokens: kept.outputTokens ?? read.outputTokens,
    cacheReadTokens: kept.cacheReadTokens ?? read.cacheReadTokens,
    cacheWrite5mTokens: writes.cacheWrite5mTokens,
    cacheWrite1hTokens: writes.cacheWrite1hTokens,
    cacheWriteSplitUnknown: writes.cacheWriteSplitUnknown,
    webSearches: kept.webSearches ?? read.webSearches,
    serviceTier: kept.serviceTier ?? read.serviceTier,
    speed: kept.speed ?? read.speed,
    inferenceGeo: kept.inferenceGeo ?? read.inferenceGeo,
    stopReason: kept.stopReason ?? read.stopReason,
    isError: kept.isError || read.isError,
    iterations: kept.iterations ?? read.iterations,
  }
}

function fillRow(row: RequestRow, usage: AnswerUsage | null, answer: Answer, costUsd: number | null): RequestRow {
  if (usage === null) return { ...row, costUsd }
  const inputTokens = row.inputTokens ?? usage.inputTokens
  const outputTokens = row.outputTokens ?? usage.outputTokens
  const added = (inputTokens ?? 0) - (row.inputTokens ?? 0) + (outputTokens ?? 0) - (row.outputTokens ?? 0)
  const { cacheWrite5mTokens, cacheWrite1hTokens } = usage
  const hasWrites = cacheWrite5mTokens !== null || cacheWrite1hTokens !== null
  return {
    ...row,
    inputTokens,
    outputTokens,
    cacheReadTokens: usage.cacheReadTokens ?? row.cacheReadTokens,
    cacheWriteTokens: hasWrites ? (cacheWrite5mTokens ?? 0) + (cacheWrite1hTokens ?? 0) : row.cacheWriteTokens,
    totalTokens: row.totalTokens + added,
    costUsd,
    error: row.error === true || usage.isError,
    answered: row.answered || answer.shape !== 'missing',
    stopReason: row.stopReason ?? usage.stopReason,
  }
}
