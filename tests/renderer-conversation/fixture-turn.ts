import type { RequestRow } from '../../src-main/contract/conversations'
import type { ThreadedRequest, Turn } from '../../src-main/contract/threads'
import { readRequestBody } from '../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../src-main/core/bodies/read-response-body'
import type { StoredBodies } from '../../src-main/core/ports'
import type { PriceLedger } from '../../src-main/core/pricing/create-ledger'
import { explainCacheMiss } from '../../src-main/core/pricing/explain-cache-miss'
import { toUsageToPrice } from '../../src-main/core/pricing/usage-to-price'
import { turnDiff } from '../../src-main/core/threads/turn-diff'

/** What a request changed, by the app's own comparison of the bodies. */
export function fixtureTurn(
  id: string,
  requests: ThreadedRequest[],
  bodies: (id: string) => StoredBodies,
  ledger: PriceLedger,
): Turn {
  const request = requests.find((each) => each.row.id === id)
  const parent = requests.find((each) => each.row.id === request?.parentId)
  const parentId = request?.parentId ?? null
  if (!request || !parent || request.kind === 'sub-agent') return { id, parentId, diff: null, cacheMiss: null }
  const read = (row: RequestRow) => {
    const stored = bodies(row.id)
    const response = readResponseBody(stored.response)
    const usage = toUsageToPrice({ ...row, timestampMs: Date.parse(row.timestamp) }, response.usage)
    return { usage, request: readRequestBody(stored.request), response }
  }
  const [before, now] = [read(parent.row), read(request.row)]
  return { id, parentId, diff: turnDiff(before, now.request), cacheMiss: explainCacheMiss(before, now, ledger) }
}
