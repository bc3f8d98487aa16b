import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts'
import type {
  GridComponentOption,
  LegendComponentOption,
  TitleComponentOption,
  TooltipComponentOption,
} from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import { bucketLabel, clockTime, rangeLabel, shortDate } from '../../format/time'
import { hatching } from '../hatching'
import { isLabelled } from '../timeline-model'
import { withAlpha, type ColourOf } from '../token-colours'
import { tooltipLook } from '../tooltip-look'
import {
  cutPlaces,
  missingPlaces,
  rangeOf,
  stackTotal,
  unitFormats,
  type TrendChartData,
  type TrendLayer,
  type TrendTime,
} from './trend-model'

export type TrendOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | LegendComponentOption
  | TitleComponentOption
>

export interface TrendLook {
  colourOf: ColourOf
  isStill: boolean
  /** Labels of layers that are hidden. */
  hidden: ReadonlySet<string>
}

type TrendSeriesOption = BarSeriesOption | LineSeriesOption

/** A chart as ECharts wants it: the layers, the time before, what is to be expected, and marks where it stands out. */
export function trendOption(chart: TrendChartData, time: TrendTime, look: TrendLook): TrendOption {
  const { colourOf } = look
  const ahead = chart.forecast?.starts.filter((start) => !time.starts.includes(start)) ?? []
  const starts = [...time.starts, ...ahead]
  const shown = chart.layers.filter(({ id }) => !look.hidden.has(id))
  const format = unitFormats[chart.unit]
  const axisText = { color: colourOf('--ink-faint'), fontSize: 11 }
  return {
    animation: !look.isStill,
    animationDuration: 200,
    animationDurationUpdate: 200,
    aria: { enabled: true, label: { enabled: false } },
    grid: { left: 52, right: 10, top: 14, bottom: 22 },
    xAxis: {
      type: 'category',
      data: starts,
      boundaryGap: true,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colourOf('--line') } },
      axisPointer: { type: 'shadow', shadowStyle: { color: withAlpha(colourOf('--ink'), 0.06) } },
      axisLabel: {
        ...axisText,
        hideOverlap: true,
        interval: (_index: number, start: string) => isLabelled(start, time.bucket, starts.length, time.timeZone),
        formatter: (start: string) =>
          clockTime(start, time.timeZone) === '00:00' && time.bucket !== 'month'
            ? shortDate(start, time.timeZone)
            : bucketLabel(start, time.bucket, time.timeZone),
      },
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      min: 0,
      ...(chart.unit === 'share' && { max: 1, interval: 0.25 }),
      minInterval: chart.unit === 'usd' || chart.unit === 'share' ? 0 : 1,
      splitLine: { lineStyle: { color: colourOf('--line') } },
      axisLabel: { ...axisText, formatter: (value: number) => format.axis(value) },
    },
    tooltip: {
      trigger: 'axis',
      ...tooltipLook(colourOf),
      formatter: (params) => {
        const items = Array.isArray(params) ? params : [params]
        return trendText({ ...chart, layers: shown }, time, items[0]?.dataIndex ?? -1, (layer) => {
          const marker = items.find((item) => item.seriesId === `layer-${layer.id}`)?.marker
          return typeof marker === 'string' ? marker : ''
        }).join('\n')
      },
    },
    series: [
      ...shown.map((layer, index) => layerSeries(chart, time, look, layer, index === 0)),
      ...formerSeries(chart, look),
      ...forecastSeries(chart, starts, look),
      ...(shown.length === 0 ? [] : [anomalySeries(chart, shown, look)]),
    ],
  }
}

function layerSeries(
  chart: TrendChartData,
  time: TrendTime,
  look: TrendLook,
  layer: TrendLayer,
  isFirst: boolean,
): TrendSeriesOption {
  const colour = look.colourOf(layer.token)
  const missing = missingPlaces(time)
  const cut = cutPlaces(time)
  const value = (index: number) => (missing.get(index) === 'whole' ? null : (layer.values[index] ?? null))
  const base = { id: `layer-${layer.id}`, name: layer.label, emphasis: { disabled: true } }
  const markArea = isFirst ? { markArea: missingArea(time, missing, look) } : {}
  if (chart.kind === 'lines') {
    return {
      ...base,
      ...markArea,
      type: 'line',
      showSymbol: time.starts.length < 40,
      symbolSize: 4,
      itemStyle: { color: colour },
      lineStyle: { color: colour, width: 1.75, type: layer.dash ?? 'solid' },
      data: time.starts.map((_, index) => value(index)),
    }
  }
  return {
    ...base,
    ...markArea,
    type: 'bar',
    stack: 'all',
    barCategoryGap: time.starts.length > 60 ? '12%' : '24%',
    itemStyle: { color: colour },
    // A bucket that the window cuts is paler, so that it does not pass for a fall.
    data: time.starts.map((_, index) =>
      cut.has(index) ? { value: value(index), itemStyle: { opacity: 0.55 } } : value(index),
    ),
  }
}

function missingArea(
  time: TrendTime,
  missing: Map<number, 'whole' | 'part'>,
  look: TrendLook,
): BarSeriesOption['markArea'] {
  const itemStyle = { color: hatching(withAlpha(look.colourOf('--ink-faint'), 0.35)) }
  const areas: unknown[] = []
  const places = [...missing.keys()]
  for (const [at, place] of places.entries()) {
    if (places[at - 1] === place - 1) continue
    let last = place
    while (missing.has(last + 1)) last++
    areas.push([{ xAxis: time.starts[place], itemStyle }, { xAxis: time.starts[last] }])
  }
  return { silent: true, animation: false, data: areas as never }
}

function formerSeries({ former }: TrendChartData, { colourOf }: TrendLook): LineSeriesOption[] {
  if (!former) return []
  return [
    {
      id: 'former',
      name: 'Time before',
      type: 'line',
      silent: true,
      showSymbol: false,
      itemStyle: { color: colourOf('--ink-soft') },
      lineStyle: { color: colourOf('--ink-soft'), width: 1.25, type: [4, 3] },
      emphasis: { disabled: true },
      data: former,
    },
  ]
}

/** The band is an area on top of a line that cannot be seen. */
function forecastSeries({ forecast }: TrendChartData, starts: string[], { colourOf }: TrendLook): LineSeriesOption[] {
  if (!forecast) return []
  const bands = starts.map((start) => forecast.made.bands[forecast.starts.indexOf(start)])
  const base = { type: 'line' as const, silent: true, showSymbol: false, emphasis: { disabled: true } }
  const colour = colourOf('--accent-text')
  return [
    { ...base, id: 'low', stack: 'band', lineStyle: { opacity: 0 }, data: bands.map((band) => band?.low ?? null) },
    {
      ...base,
      id: 'band',
      name: 'Forecast band',
      stack: 'band',
      lineStyle: { opacity: 0 },
      itemStyle: { color: withAlpha(colour, 0.3) },
      areaStyle: { color: withAlpha(colour, 0.2) },
      data: bands.map((band) => (band ? band.high - band.low : null)),
    },
    {
      ...base,
      id: 'forecast',
      name: 'Forecast',
      showSymbol: true,
      symbol: 'diamond',
      symbolSize: 6,
      itemStyle: { color: colour },
      lineStyle: { color: colour, width: 1.5, type: [2, 3] },
      data: bands.map((band) => band?.value ?? null),
    },
  ]
}

/** A shape above the point, since a colour alone says nothing to many. */
function anomalySeries(
  { anomalies, kind }: TrendChartData,
  shown: TrendLayer[],
  { colourOf }: TrendLook,
): LineSeriesOption {
  const marks = new Map(anomalies.map((anomaly) => [anomaly.index, anomaly]))
  return {
    id: 'anomalies',
    name: 'Stands out',
    type: 'line',
    silent: true,
    symbol: 'triangle',
    symbolSize: 9,
    symbolOffset: [0, -8],
    lineStyle: { opacity: 0 },
    itemStyle: { color: colourOf('--warn') },
    emphasis: { disabled: true },
    data: shown[0]!.values.map((value, index) => {
      const mark = marks.get(index)
      if (!mark) return '-'
      const height = kind === 'bars' ? stackTotal(shown, index) : value
      return { value: height ?? '-', symbolRotate: mark.direction === 'below' ? 180 : 0 }
    }),
  }
}

const wrapAt = 58

function wrapped(text: string): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    if (lines.at(-1)!.length + word.length >= wrapAt) lines.push('')
    lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : ' '}${word}`
  }
  return lines
}

/** What is known of one bucket, line by line. */
export function trendText(
  chart: TrendChartData,
  time: TrendTime,
  index: number,
  markerOf: (layer: TrendLayer) => string = () => '',
): string[] {
  const { exact, short } = unitFormats[chart.unit]
  const ahead = chart.forecast?.starts.filter((start) => !time.starts.includes(start)) ?? []
  const start = [...time.starts, ...ahead][index]
  if (start === undefined) return []
  const range = rangeOf(time, index)
  const next = ahead[index - time.starts.length + 1]
  const label = range
    ? rangeLabel(range.from, range.to, time.timeZone)
    : next
      ? rangeLabel(start, next, time.timeZone)
      : `from ${shortDate(start, time.timeZone)}`
  const lines = [label + (cutPlaces(time).has(index) ? ' (cut by the window)' : '')]
  const missing = missingPlaces(time).get(index)
  if (missing) lines.push(missing === 'whole' ? 'not in the local copy' : 'not all in the local copy')
  if (missing !== 'whole' && range) {
    const values = chart.layers.map((layer) => ({ layer, value: layer.values[index] ?? null }))
    if (chart.kind === 'bars' && values.length > 1) lines.push(`${exact(stackTotal(chart.layers, index) ?? 0)} in all`)
    for (const { layer, value } of values) {
      if (value !== null && (value > 0 || values.length === 1))
        lines.push(`${markerOf(layer)}${layer.label}  ${exact(value)}`)
    }
    const former = chart.former?.[index]
    if (former !== undefined && former !== null) lines.push(`${exact(former)} in the time before`)
  }
  const band = chart.forecast?.made.bands[chart.forecast.starts.indexOf(start)]
  if (band) lines.push(`${short(band.value)} forecast, ${short(band.low)} to ${short(band.high)}`)
  for (const { reason } of chart.anomalies.filter((anomaly) => anomaly.index === index))
    lines.push(...wrapped(`▲ ${reason}`))
  return lines
}
