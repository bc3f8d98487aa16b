import type { PriceLedger } from './create-ledger'

/** The ledger that prices now. Whoever holds it sees each change of the prices with the next question. */
export interface LedgerInForce extends PriceLedger {
  replace(next: PriceLedger): void
  /** The one of this moment, which no change reaches. */
  current(): PriceLedger
}

export function createLedgerInForce(first: PriceLedger): LedgerInForce {
  let current = first
  return {
    price: (usage) => current.price(usage),
    explain: (usage) => current.explain(usage),
    priceCacheReads: (usage) => current.priceCacheReads(usage),
    get longPromptThresholds() {
      return current.longPromptThresholds
    },
    get hasDiscounts() {
      return current.hasDiscounts
    },
    get key() {
      return current.key
    },
    list: () => current.list(),
    describe: (model) => current.describe(model),
    current: () => current,
    replace(next) {
      current = next
    },
  }
}
