import { z } from 'zod'
import { noOwnPrices, ownPrices } from '../contract/own-prices'

/** What the user made of the prices; the price list itself comes with the release unless one was loaded. */
const savedPrices = z.object({
  own: ownPrices,
  /** A price list from a file, whole and unchecked: the ledger checks it whenever it is opened. */
  loaded: z.object({ name: z.string(), loadedAt: z.string(), data: z.unknown() }).nullable(),
})
export type SavedPrices = z.infer<typeof savedPrices>

export const pricesFile = savedPrices.extend({
  /** What held before the last change, to go back to. */
  former: savedPrices.nullable(),
})
export type PricesFile = z.infer<typeof pricesFile>

export const noSavedPrices: PricesFile = { own: noOwnPrices, loaded: null, former: null }
