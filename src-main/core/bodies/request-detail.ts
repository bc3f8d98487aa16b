import type { Answer, RequestDetail, RequestRow } from '../../contract/conversations'
import type { RequestUsage, StoredBodies } from '../ports'
import type { PriceLedger } from '../pricing/create-ledger'
import { toUsageToPrice } from '../pricing/usage-to-price'
import { apportionTokens } from './apportion-tokens'
import { lastUserText } from './last-user-text'
import { readRequestBody } from './read-request-body'
import { readResponseBody } from './read-response-body'
import type { AnswerUsage } from './read-usage'

/**
 * One request as a reader sees it: its row, its price in parts, its bodies in normal form. What the row lacks and its
 * bodies tell (they may have been read later than the row) is filled in, so that the page agrees with itself.
 */
export function buildRequestDetail(from: {
  row: RequestRow
  usage: RequestUsage | null
  bodies: StoredBodies
  ledger: PriceLedger
  readFrom: RequestDetail['readFrom']
  readAt: string
}): RequestDetail {
  const { bodies, ledger } = from
  const request = readRequestBody(bodies.request)
  const response = readResponseBody(bodies.response)
  const usage = mergeUsage(from.usage, response.usage)
  const toPrice = toUsageToPrice({ ...from.row, timestampMs: Date.parse(from.row.timestamp) }, usage)
  const cost = ledger.explain(toPrice)
  const row = fillRow(from.row, usage, response.answer, cost.totalUsd)
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens } = row
  const promptTokens = (inputTokens ?? 0) + (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0)
  // No prompt is empty: 0 stands for a request that was refused before it was counted.
  const shares = promptTokens > 0 ? apportionTokens(request, promptTokens) : null
  const { message } = response.answer
  return {
    request: { ...row, preview: row.preview ?? (bodies.request === null ? null : lastUserText(bodies.request)) },
    cost,
    system: request.system,
    tools: request.tools,
    parameters: request.parameters,
    messages: shares?.messages ?? request.messages,
    systemTokens: shares?.system ?? null,
    toolsTokens: shares?.tools ?? null,
    notes: request.notes,
    response: { ...response.answer, message: message && { ...message, tokens: outputTokens } },
    rawSize: { request: bodies.request?.length ?? 0, response: bodies.response?.length ?? 0 },
    readFrom: from.readFrom,
    readAt: from.readAt,
  }
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
