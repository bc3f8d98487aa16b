import type { PreviewEvent, PriceBook as PriceBookAnswer, PriceDraft } from '../contract/own-prices'
import type { ModelMonthDifference } from '../core/ports'
import { bucketStarts } from '../core/usage/bucket-starts'
import type { AppApi } from '../rpc/app-api'
import type { PriceBook } from './price-book'
import type { Repricer } from './repricer'
import type { Workspaces } from './workspaces'

/** The price ledger as the user sees and changes it. */
export function createPricesApi(options: {
  workspaces: Workspaces
  book: PriceBook
  repricer: Repricer
  releaseCompiled: string | null
  timeZone: () => string
}): AppApi['prices'] {
  const { workspaces, book, repricer, releaseCompiled, timeZone } = options

  function answer(): PriceBookAnswer {
    const { own, loaded, former } = book.saved()
    const list = book.ledger.list()
    const share = repricer.share()
    return {
      list,
      own,
      loaded: loaded && { name: loaded.name, loadedAt: loaded.loadedAt, compiled: list.compiled },
      releaseCompiled,
      canUndo: former !== null,
      repricing: share === null ? null : { share },
    }
  }

  async function* preview(draft: PriceDraft, signal: AbortSignal | undefined): AsyncGenerator<PreviewEvent> {
    const { ledger, changes } = book.draft(draft)
    yield { type: 'list', changes }
    const { replica } = workspaces.open()
    const nowMs = Date.now()
    const oldestMs = Math.min((await replica.oldestMs()) ?? nowMs, nowMs)
    const months = bucketStarts({ fromMs: oldestMs, toMs: nowMs + 1 }, 'month', timeZone())
    const stop = new AbortController()
    const abort = (): void => stop.abort()
    signal?.addEventListener('abort', abort)
    const state = { share: 0, isDone: false, wake: (): void => undefined }
    const onProgress = (done: number): void => {
      state.share = done
      state.wake()
    }
    const work = replica.previewPrices(ledger, months, { signal: stop.signal, onProgress }).finally(() => {
      state.isDone = true
      state.wake()
    })
    // Its failure is thrown below; a reader that left before does not hear of it.
    work.catch(() => undefined)
    try {
      while (!state.isDone) {
        await new Promise<void>((resolve) => (state.wake = resolve))
        if (!state.isDone) yield { type: 'progress', share: state.share }
      }
      yield toDifference(await work)
    } finally {
      stop.abort()
      signal?.removeEventListener('abort', abort)
    }
  }

  return {
    get: async () => answer(),
    preview: async (draft, { signal }) => preview(draft, signal),
    async apply(draft) {
      await book.apply(draft)
      return answer()
    },
    async undo() {
      await book.undo()
      return answer()
    },
  }
}

function toDifference(items: ModelMonthDifference[]): PreviewEvent {
  const sum = (of: (item: ModelMonthDifference) => number): number => items.reduce((all, item) => all + of(item), 0)
  return {
    type: 'difference',
    requests: sum((item) => item.requests),
    changedRequests: sum((item) => item.changedRequests),
    before: {
      costUsd: sum((item) => item.before.costUsd),
      unpricedRequests: sum((item) => item.before.unpricedRequests),
    },
    after: { costUsd: sum((item) => item.after.costUsd), unpricedRequests: sum((item) => item.after.unpricedRequests) },
    items: items
      .filter((item) => item.changedRequests > 0)
      .toSorted((a, b) => b.monthMs - a.monthMs || b.requests - a.requests)
      .map(({ model, monthMs, requests, before, after }) => ({
        model,
        month: new Date(monthMs).toISOString(),
        requests,
        before,
        after,
      })),
  }
}
