import { Failure } from '../core/failure'
import type { OverviewAnswer, QueryWindow } from '../core/ports'
import { createFiguresFold, createSeriesFold, createSharesFold, createTimelineFold } from './fold-cells'
import type { BucketedWindow } from './read-cells'
import type { Words } from './words'

export interface OverviewQuestion {
  window: QueryWindow
  previous: QueryWindow
  bucketStarts: number[]
  by?: 'model' | 'domain' | undefined
}

/** The windows whose cells make every figure of the overview, and the answer once they were visited. */
export function prepareOverview(
  words: Words,
  question: OverviewQuestion,
): { windows: BucketedWindow[]; answer(): Omit<OverviewAnswer, 'asOf'> } {
  const { window, previous, bucketStarts, by } = question
  if (bucketStarts.length === 0 || bucketStarts[0]! > window.fromMs || !isAscending(bucketStarts)) {
    throw new Failure('invalid-input', { message: 'The buckets do not fit the window.' })
  }
  const current = createFiguresFold()
  const models = createSharesFold('model', words)
  const domains = createSharesFold('domain', words)
  const timeline = createTimelineFold(bucketStarts)
  const series = by && createSeriesFold(by, bucketStarts.length, words)
  const before = createFiguresFold()
  return {
    windows: [
      {
        window,
        startsMs: bucketStarts,
        visit(cell) {
          current.add(cell)
          models.add(cell)
          domains.add(cell)
          timeline.add(cell)
          series?.add(cell)
        },
      },
      { window: previous, startsMs: [previous.fromMs], visit: before.add },
    ],
    answer: () => ({
      current: current.figures(),
      previous: before.figures(),
      timeline: {
        points: timeline.points(),
        ...(series && { series: series.series((by === 'model' ? models : domains).codes()) }),
      },
      models: models.models(),
      domains: domains.domains(),
    }),
  }
}

function isAscending(starts: readonly number[]): boolean {
  return starts.every((start, index) => index === 0 || start > starts[index - 1]!)
}
