import type { DomainShare, ModelShare } from '../../../src-main/contract/usage'
import type { ChartFigures } from '../../charts/use-save-entries'

/** Shares as rows; the cost is that of the requests that have a price. */
export function shareRows<T extends ModelShare | DomainShare>(
  label: string,
  shares: T[],
  nameOf: (share: T) => string,
): ChartFigures {
  return {
    columns: [label, 'Requests', 'Input tokens', 'Output tokens', 'Cost USD', 'Unpriced requests'],
    rows: shares.map((share) => [
      nameOf(share),
      share.requests,
      share.inputTokens,
      share.outputTokens,
      share.costUsd,
      share.unpricedRequests,
    ]),
  }
}
