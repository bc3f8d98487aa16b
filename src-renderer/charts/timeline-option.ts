import type { BarSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { Timeline } from '../../src-main/contract/usage'
import { exactNumber } from '../format/number'
import { bucketLabel, clockTime, rangeLabel, shortDate } from '../format/time'
import { hatching } from './hatching'
import { formatAxis, formatMetric, type Metric } from './metric'
import { bucketRange, isLabelled, isLastBucketOpen, isMissing, layers, missingRuns, type Layer } from './timeline-model'
import { withAlpha, type ColourOf } from './token-colours'
import { tooltipLook } from './tooltip-look'

export type TimelineOption = ComposeOption<BarSeriesOption | GridComponentOption | TooltipComponentOption>

export interface TimelineLook {
  metric: Metric
  timeZone: string
  nowMs: number
  colourOf: ColourOf
  layerToken: (layer: Layer) => string
  layerLabel: (layer: Layer) => string
  isStill: boolean
}

const stripHeight = 12

/** The timeline as ECharts wants it: stacked bars, and below them a strip of red where requests failed. */
export function timelineOption(timeline: Timeline, look: TimelineLook): TimelineOption {
  const { metric, timeZone, colourOf } = look
  const { points } = timeline
  const bars = layers(timeline, metric)
  const hasErrors = points.some((point) => point.errors > 0)
  const openIndex = isLastBucketOpen(timeline, look.nowMs) ? points.length - 1 : -1
  const starts = points.map((point) => point.start)
  const grid = { left: 52, right: 8 }

  const axisLabel = (start: string) => {
    const time = clockTime(start, timeZone)
    return time === '00:00' ? shortDate(start, timeZone) : bucketLabel(start, timeline.bucket, timeZone)
  }

  const xAxis = (gridIndex: number, isLabelledAxis: boolean) => ({
    type: 'category' as const,
    gridIndex,
    data: starts,
    axisTick: { show: false },
    axisLine: { show: gridIndex === 0, lineStyle: { color: colourOf('--line') } },
    axisPointer: { type: 'shadow' as const, shadowStyle: { color: withAlpha(colourOf('--ink'), 0.06) } },
    axisLabel: {
      show: isLabelledAxis,
      color: colourOf('--ink-faint'),
      fontSize: 11,
      hideOverlap: true,
      interval: (_index: number, start: string) => isLabelled(start, timeline.bucket, points.length, timeZone),
      formatter: axisLabel,
    },
  })

  return {
    animation: !look.isStill,
    animationDuration: 250,
    animationDurationUpdate: 250,
    aria: { enabled: true, label: { enabled: false } },
    grid: [
      { ...grid, top: 12, bottom: hasErrors ? 24 + stripHeight + 6 : 24 },
      { ...grid, height: stripHeight, bottom: 22, show: false },
    ],
    xAxis: [
      xAxis(0, !hasErrors),
      xAxis(1, hasErrors),
      // Bars stand in the middle of their place; an area has to begin at its edge.
      { type: 'value', gridIndex: 0, min: 0, max: points.length, show: false, axisPointer: { show: false } },
    ],
    yAxis: [
      {
        type: 'value',
        splitNumber: 4,
        minInterval: metric === 'cost' ? 0 : 1,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colourOf('--line') } },
        axisLabel: {
          color: colourOf('--ink-faint'),
          fontSize: 11,
          formatter: (value: number) => formatAxis(value, metric),
        },
      },
      {
        type: 'value',
        gridIndex: 1,
        min: 0,
        // One failure is a mark, not a full bar.
        max: (extent) => Math.max(extent.max, 5),
        name: hasErrors ? 'failed' : '',
        nameLocation: 'middle',
        nameRotate: 0,
        nameGap: 8,
        nameTextStyle: { color: colourOf('--ink-faint'), fontSize: 11, align: 'right' },
        axisLabel: { show: false },
        splitLine: { show: false },
      },
    ],
    tooltip: {
      trigger: 'axis',
      ...tooltipLook(colourOf),
      formatter: (params) => tooltipText(timeline, look, bars, Array.isArray(params) ? params : [params], openIndex),
    },
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    series: [
      ...bars.map<BarSeriesOption>((layer, index) => ({
        id: `layer-${index}`,
        name: look.layerLabel(layer),
        type: 'bar',
        stack: 'all',
        barCategoryGap: points.length > 60 ? '12%' : '24%',
        itemStyle: { color: colourOf(look.layerToken(layer)) },
        emphasis: { disabled: true },
        // The bar that still grows is paler, so that it does not pass for a fall.
        data: layer.values.map((value, at) => (at === openIndex ? { value, itemStyle: { opacity: 0.55 } } : value)),
      })),
      {
        id: 'missing',
        type: 'bar',
        xAxisIndex: 2,
        data: [],
        markArea: missingArea(timeline, look),
      },
      {
        id: 'errors',
        name: 'Errors',
        type: 'bar',
        xAxisIndex: 1,
        yAxisIndex: 1,
        barCategoryGap: points.length > 60 ? '12%' : '24%',
        barMinHeight: 3,
        itemStyle: { color: colourOf('--failed') },
        emphasis: { disabled: true },
        data: points.map((point) => (point.errors > 0 ? point.errors : '-')),
      },
    ],
  }
}

function missingArea(timeline: Timeline, look: TimelineLook): BarSeriesOption['markArea'] {
  const runs = missingRuns(timeline)
  if (runs.length === 0) return { data: [] }
  const itemStyle = { color: hatching(withAlpha(look.colourOf('--ink-faint'), 0.35)) }
  const data = runs.map(({ first, last }) => [{ xAxis: first, itemStyle }, { xAxis: last + 1 }])
  return { silent: true, animation: false, data: data as never }
}

interface TooltipItem {
  dataIndex?: number
  marker?: unknown
  seriesId?: string
}

function tooltipText(
  timeline: Timeline,
  look: TimelineLook,
  bars: Layer[],
  items: TooltipItem[],
  openIndex: number,
): string {
  const index = items[0]?.dataIndex ?? -1
  const point = timeline.points[index]
  const range = bucketRange(timeline, index)
  if (!point || !range) return ''
  const total = bars.reduce((all, layer) => all + (layer.values[index] ?? 0), 0)
  const lines = [rangeLabel(range.from, range.to, look.timeZone) + (index === openIndex ? ' (so far)' : '')]
  const word = look.metric === 'cost' ? '' : ` ${look.metric}`
  lines.push(`${formatMetric(total, look.metric)}${word}`)
  if (timeline.series) {
    for (const [at, layer] of bars.entries()) {
      const value = layer.values[index] ?? 0
      const marker = items.find((item) => item.seriesId === `layer-${at}`)?.marker
      if (value > 0) {
        const dot = typeof marker === 'string' ? marker : ''
        lines.push(`${dot}${look.layerLabel(layer)}  ${formatMetric(value, look.metric)}`)
      }
    }
  }
  if (point.errors > 0) lines.push(`${exactNumber(point.errors)} failed`)
  if (isMissing(timeline, index)) lines.push('not all of it is in the local copy')
  return lines.join('\n')
}
