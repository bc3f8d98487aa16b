import type {
  TimeColumns,
  TrendColumns,
  TrendFigure,
  TrendPatterns,
  TrendResponseTimes,
  Trends,
  TrendSeries,
} from '../../../src-main/contract/trends'
import type { TrendChartData, TrendLayer, TrendUnit } from '../../charts/trend/trend-model'
import type { TrendSplitChoice } from '../../state/trends'

/** What the charts need to know of names, hues and choices. */
export interface ChartSetting {
  by: TrendSplitChoice
  hasFormer: boolean
  hasForecast: boolean
  nameOf(key: string | null): string
  tokenOf(kind: 'series' | 'stop' | 'tool', key: string | null): string
}

type ValuesOf = (columns: TrendColumns) => (number | null)[]

const tokensOf: ValuesOf = ({ inputTokens, outputTokens }) =>
  inputTokens.map((tokens, at) => tokens + outputTokens[at]!)

/** Tokens read from the prompt cache, of all that the prompts had; null where there was no prompt. */
const hitRateOf: ValuesOf = ({ inputTokens, cacheReadTokens, cacheWriteTokens }) =>
  cacheReadTokens.map((read, at) => {
    const all = read + inputTokens[at]! + cacheWriteTokens[at]!
    return all === 0 ? null : read / all
  })

const figures: { figure: TrendFigure; title: string; unit: TrendUnit; valuesOf: ValuesOf }[] = [
  { figure: 'requests', title: 'Requests', unit: 'count', valuesOf: ({ requests }) => requests },
  { figure: 'costUsd', title: 'Cost', unit: 'usd', valuesOf: ({ costUsd }) => costUsd },
  { figure: 'tokens', title: 'Tokens in and out', unit: 'tokens', valuesOf: tokensOf },
  { figure: 'errors', title: 'Errors', unit: 'count', valuesOf: ({ errors }) => errors },
]

/** What they are called, before there is an answer. */
export const figureTitles = [...figures.map(({ title }) => title), 'Tokens by kind', 'Cache hit rate']

/** Charts of the figures by bucket, in the order of the screen. */
export function figureCharts(data: Trends, setting: ChartSetting): { title: string; chart: TrendChartData }[] {
  const charts = figures.map(({ figure, title, unit, valuesOf }): TrendChartData => {
    const made = figure === 'errors' ? undefined : data.forecast?.[figure]
    return {
      title,
      unit,
      kind: 'bars',
      layers: layersOf(data, setting, title, valuesOf).map((layer) =>
        figure === 'errors' && layer.id === 'all' ? { ...layer, token: '--failed' } : layer,
      ),
      ...(figure === 'errors' && { filter: { errors: '1' } }),
      ...formerOf(data, setting, valuesOf),
      ...(setting.hasForecast && made && 'bands' in made && { forecast: { starts: data.forecast!.starts, made } }),
      anomalies: data.anomalies.filter((anomaly) => anomaly.figure === figure),
    }
  })
  return [...charts, kindsChart(data), hitRateChart(data, setting)].map((chart) => ({ title: chart.title, chart }))
}

function layersOf(data: Trends, setting: ChartSetting, title: string, valuesOf: ValuesOf): TrendLayer[] {
  if (setting.by === 'none') return [{ id: 'all', label: title, token: '--accent', values: valuesOf(data.all) }]
  return data.series.map((series) => ({ ...layerOf(series, setting), values: valuesOf(series.columns) }))
}

function layerOf(
  { key, isOthers }: Pick<TrendSeries, 'key' | 'isOthers'>,
  setting: ChartSetting,
): Omit<TrendLayer, 'values'> {
  if (isOthers) return { id: 'others', label: 'others', token: '--hue-others' }
  const token = setting.tokenOf('series', key)
  const filter = setting.by === 'type' ? queryFilter('type', key) : { filter: { [setting.by]: key ?? '' } }
  return { id: `key-${key ?? ''}`, label: setting.nameOf(key), token, ...filter }
}

/** What the query language says for a value; nothing for one with signs of the language in it. */
function queryFilter(field: 'type' | 'stop' | 'tool', value: string | null, more = ''): Pick<TrendLayer, 'filter'> {
  const text = value ?? ''
  return /["\\]/.test(text) ? {} : { filter: { q: `${field}:"${text}" ${more}`.trim() } }
}

function formerOf(
  { previous, starts }: Trends,
  { hasFormer }: ChartSetting,
  valuesOf: ValuesOf,
): Pick<TrendChartData, 'former'> {
  if (!hasFormer || !previous.isWhole) return {}
  const values = valuesOf(previous.columns)
  return { former: starts.map((_, at) => values[at] ?? null) }
}

function kindsChart({ all }: Trends): TrendChartData {
  const kinds: [string, string, number[], number[] | undefined][] = [
    ['Input', '--hue-0', all.inputTokens, undefined],
    ['Output', '--hue-1', all.outputTokens, [6, 3]],
    ['Cache read', '--hue-2', all.cacheReadTokens, [2, 2]],
    ['Cache write', '--hue-4', all.cacheWriteTokens, [8, 3, 2, 3]],
  ]
  return {
    title: 'Tokens by kind',
    unit: 'tokens',
    kind: 'lines',
    layers: kinds.map(([label, token, values, dash]) => ({ id: label, label, token, values, ...(dash && { dash }) })),
    anomalies: [],
  }
}

function hitRateChart(data: Trends, setting: ChartSetting): TrendChartData {
  return {
    title: 'Cache hit rate',
    unit: 'share',
    kind: 'lines',
    layers: layersOf(data, setting, 'Cache hit rate', hitRateOf),
    ...formerOf(data, setting, hitRateOf),
    anomalies: [],
  }
}

const percentiles: { name: keyof TimeColumns; label: string; token: string; dash?: number[] }[] = [
  { name: 'p50Ms', label: 'Median', token: '--hue-2' },
  { name: 'p95Ms', label: '95th percentile', token: '--hue-0', dash: [6, 3] },
  { name: 'p99Ms', label: '99th percentile', token: '--hue-4', dash: [2, 2] },
]

export function timesChart(data: TrendResponseTimes, setting: ChartSetting): TrendChartData {
  if (setting.by !== 'none') {
    const layers = data.series.map(({ key, columns }) => ({
      ...layerOf({ key, isOthers: false }, setting),
      values: columns.p95Ms,
    }))
    return { title: 'Response time, 95th percentile', unit: 'ms', kind: 'lines', layers, anomalies: [] }
  }
  return {
    title: 'Response time',
    unit: 'ms',
    kind: 'lines',
    layers: percentiles.map(({ name, label, token, dash }) => ({
      id: name,
      label,
      token,
      values: data.all[name],
      ...(dash && { dash }),
    })),
    anomalies: [],
  }
}

export function stopsChart(data: TrendPatterns, setting: ChartSetting): TrendChartData {
  return {
    title: 'Stop reasons',
    unit: 'count',
    kind: 'bars',
    layers: data.stopReasons.map(({ key, requests }) => ({
      id: `stop-${key ?? ''}`,
      label: key ?? 'none said',
      token: setting.tokenOf('stop', key),
      values: requests,
      ...queryFilter('stop', key, 'status:ok'),
    })),
    anomalies: [],
  }
}

const mostTools = 7

export function toolsChart(data: TrendPatterns, setting: ChartSetting): TrendChartData {
  const largest = data.tools.slice(0, data.tools.length > mostTools + 1 ? mostTools : mostTools + 1)
  const rest = data.tools.slice(largest.length)
  const layers: TrendLayer[] = largest.map(({ name, calls }) => ({
    id: `tool-${name}`,
    label: name === '' ? 'without a name' : name,
    token: setting.tokenOf('tool', name),
    values: calls,
    ...(name !== '' && queryFilter('tool', name)),
  }))
  if (rest.length > 0) {
    const values = data.starts.map((_, at) => rest.reduce((sum, { calls }) => sum + calls[at]!, 0))
    layers.push({ id: 'others', label: 'others', token: '--hue-others', values })
  }
  return { title: 'Tool calls', unit: 'count', kind: 'bars', layers, anomalies: [] }
}
