import type { Timeline } from '../../src-main/contract/usage'
import { domainName, unnamedModel } from '../format/names'
import { metricLabels, seriesValues, type Metric } from './metric'
import { bucketRange, isMissing } from './timeline-model'
import type { ChartFigures } from './use-save-entries'

/** The figures of the timeline, half-open stretches of time; stacked by a name each has a column of its own. */
export function timelineRows(timeline: Timeline, metric: Metric, by: 'model' | 'domain' | undefined): ChartFigures {
  const series = by ? (timeline.series ?? []) : []
  const hasNotes = (timeline.missing ?? []).length > 0
  const nameOf = (name: string | null) => (by === 'domain' ? domainName(name) : name || unnamedModel)
  const columns = [
    'From',
    'To',
    'Requests',
    'Input tokens',
    'Output tokens',
    'Cost USD',
    'Failed',
    ...series.map(({ name }) => `${nameOf(name)}: ${metricLabels[metric].toLowerCase()}`),
    ...(hasNotes ? ['Note'] : []),
  ]
  const rows = timeline.points.map((point, index) => {
    const range = bucketRange(timeline, index)
    return [
      range?.from ?? point.start,
      range?.to ?? null,
      point.requests,
      point.inputTokens,
      point.outputTokens,
      point.costUsd,
      point.errors,
      ...series.map((layer) => seriesValues(layer, metric)[index] ?? null),
      ...(hasNotes ? [isMissing(timeline, index) ? 'not all in the local copy' : ''] : []),
    ]
  })
  return { columns, rows }
}
