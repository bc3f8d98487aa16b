import type { ListChange, OwnPrices, PriceDraft } from '../contract/own-prices'
import { asFailure, Failure } from '../core/failure'
import { createTurns } from '../core/in-turn'
import type { Log } from '../core/ports'
import { createLedger, type PriceLedger } from '../core/pricing/create-ledger'
import { createLedgerInForce, type LedgerInForce } from '../core/pricing/ledger-in-force'
import { listChanges } from '../core/pricing/list-changes'
import type { JsonFile } from '../settings/json-file'
import type { PricesFile, SavedPrices } from '../settings/saved-prices'

/** The prices in force: those of the release, what the user made of them, and the way back. */
export interface PriceBook {
  readonly ledger: LedgerInForce
  saved(): PricesFile
  /** The ledger of a draft and what it changes of the price list. Throws `invalid-input` where it cannot be used. */
  draft(draft: PriceDraft): { ledger: PriceLedger; saved: SavedPrices; changes: ListChange[] }
  /** Writes the draft down, then lets it hold. */
  apply(draft: PriceDraft): Promise<void>
  /** Lets hold what held before the last change. Throws `not-found` where there is nothing to go back to. */
  undo(): Promise<void>
  onChange(listener: () => void): () => void
}

export function createPriceBook(options: { release: unknown; file: JsonFile<PricesFile>; log: Log }): PriceBook {
  const { release, file, log } = options
  const listeners = new Set<() => void>()
  // The way back leads to what held before, so each change must have seen the one before it.
  const inTurn = createTurns()
  const ledger = createLedgerInForce(openLedger())

  const listOf = ({ loaded }: SavedPrices): unknown => loaded?.data ?? release

  /** An app that reads prices more strictly than the one that saved them still has to start. */
  function openLedger(): PriceLedger {
    const { own, loaded } = file.value()
    const attempts: [unknown, OwnPrices | undefined][] = [
      [loaded?.data ?? release, own],
      [release, own],
      [release, undefined],
    ]
    for (const [list, ownPrices] of attempts.slice(0, -1)) {
      try {
        return createLedger(list, ownPrices)
      } catch (error) {
        log.warn('Saved prices cannot be used and do not hold', { reason: asFailure(error).message })
      }
    }
    return createLedger(release)
  }

  async function adopt(next: PricesFile): Promise<void> {
    const ledgerOfNext = createLedger(listOf(next), next.own)
    await file.write(next)
    ledger.replace(ledgerOfNext)
    for (const listener of listeners) listener()
  }

  function draft({ own, list }: PriceDraft): ReturnType<PriceBook['draft']> {
    const current = file.value()
    const loaded =
      list.kind === 'keep'
        ? current.loaded
        : list.kind === 'release'
          ? null
          : { name: list.name, loadedAt: new Date().toISOString(), data: parseList(list.text) }
    const saved: SavedPrices = { own, loaded }
    const candidate = createLedger(listOf(saved), own)
    const changes = list.kind === 'keep' ? [] : listChanges(listOf(current), listOf(saved))
    return { ledger: candidate, saved, changes }
  }

  return {
    ledger,
    saved: file.value,
    draft,
    apply: (wanted) =>
      inTurn(async () => {
        const { own, loaded } = file.value()
        await adopt({ ...draft(wanted).saved, former: { own, loaded } })
      }),
    undo: () =>
      inTurn(async () => {
        const { own, loaded, former } = file.value()
        if (former === null) {
          throw new Failure('not-found', { message: 'There is no change of prices to take back.' })
        }
        await adopt({ ...former, former: { own, loaded } })
      }),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

function parseList(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure('invalid-input', {
      message: 'The price file cannot be used: it is no JSON.',
      hint: 'Use a price file in the form of resources/claude-prices.json.',
      cause: error,
    })
  }
}
