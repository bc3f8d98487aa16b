import type { TimelinePoint, TimelineSeries } from '../../src-main/contract/usage'
import { compactUsd, exactUsd, usd } from '../format/money'
import { compactNumber, exactNumber } from '../format/number'

/** What is counted. */
export const metrics = ['requests', 'tokens', 'cost'] as const
export type Metric = (typeof metrics)[number]

export const metricLabels: Record<Metric, string> = { requests: 'Requests', tokens: 'Tokens', cost: 'Cost' }

interface Countable {
  requests: number
  inputTokens: number
  outputTokens: number
  costUsd: number
}

/** The metric of a point, model or domain. */
export function metricOf(item: Countable | TimelinePoint, metric: Metric): number {
  if (metric === 'requests') return item.requests
  return metric === 'tokens' ? item.inputTokens + item.outputTokens : item.costUsd
}

/** The metric of a stacked series, one value a bucket. */
export function seriesValues(series: TimelineSeries, metric: Metric): number[] {
  if (metric === 'requests') return series.requests
  return metric === 'tokens' ? series.tokens : series.costUsd
}

/** As it stands in a table or tooltip. */
export function formatMetric(value: number, metric: Metric): string {
  if (metric === 'cost') return usd(value)
  return metric === 'tokens' ? compactNumber(value) : exactNumber(value)
}

/** On an axis. */
export function formatAxis(value: number, metric: Metric): string {
  return metric === 'cost' ? compactUsd(value) : compactNumber(value)
}

/** With every digit. */
export function formatExact(value: number, metric: Metric): string {
  return metric === 'cost' ? exactUsd(value) : exactNumber(value)
}
