import type { RequestRow } from '../../src-main/contract/conversations'
import type { ThreadedRequest, Turn } from '../../src-main/contract/threads'
import { createBodyWork, type TurnToCompare } from '../../src-main/core/bodies/body-work'
import type { StoredBodies } from '../../src-main/core/ports'
import type { PriceLedger } from '../../src-main/core/pricing/create-ledger'
import { priceCacheMiss } from '../../src-main/core/pricing/explain-cache-miss'

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
  const read = (row: RequestRow): TurnToCompare => ({
    bodies: bodies(row.id),
    row: { ...row, timestampMs: Date.parse(row.timestamp) },
    usage: null,
  })
  const { diff, cacheMiss, usage } = createBodyWork().compare(read(parent.row), read(request.row))
  const lostUsd = cacheMiss && priceCacheMiss(usage, cacheMiss.missedTokens, ledger)
  return { id, parentId, diff, cacheMiss: cacheMiss && { ...cacheMiss, lostUsd } }
}
