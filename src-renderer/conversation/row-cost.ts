import type { RequestRow } from '../../src-main/contract/conversations'
import { exactUsd, usd } from '../format/money'

/** What a request cost: `–` until it has an answer, for nothing is counted before; `unpriced` is never 0. */
export function rowCost(row: RequestRow): string {
  return isUncounted(row) ? '–' : usd(row.costUsd)
}

/** The same with six decimals, or why there is no figure. */
export function exactRowCost(row: RequestRow): string {
  return isUncounted(row) ? 'not known before the answer' : exactUsd(row.costUsd)
}

function isUncounted(row: RequestRow): boolean {
  return !row.answered && !row.costUsd
}
