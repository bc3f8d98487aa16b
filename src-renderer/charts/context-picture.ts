import type { BarSeriesOption } from 'echarts/charts'
import { compactNumber } from '../format/number'
import { exportOption, picturesOf, type ChartPictures } from './chart-picture'
import './echarts'
import { readColours } from './token-colours'

/** What a model read at one request, in tokens; null is not recorded. */
export interface ContextSize {
  fresh: number | null
  cacheRead: number | null
  cacheWrite: number | null
}

const kinds = [
  ['Fresh input', '--hue-0', 'fresh'],
  ['Cache write', '--hue-4', 'cacheWrite'],
  ['Cache read', '--hue-2', 'cacheRead'],
] as const

/** How much the model read at each request of a conversation, in reading order. */
export function contextPictures(sizes: ContextSize[]): ChartPictures {
  const colourOf = readColours()
  const axisText = { color: colourOf('--ink-faint'), fontSize: 11 }
  return picturesOf((words) =>
    exportOption(
      {
        grid: { top: 14, bottom: 22 },
        xAxis: {
          type: 'category',
          data: sizes.map((_, index) => String(index + 1)),
          axisTick: { show: false },
          axisLine: { lineStyle: { color: colourOf('--line') } },
          axisLabel: axisText,
        },
        yAxis: {
          type: 'value',
          splitNumber: 4,
          splitLine: { lineStyle: { color: colourOf('--line') } },
          axisLabel: { ...axisText, formatter: compactNumber },
        },
        series: kinds.map<BarSeriesOption>(([name, token, kind]) => ({
          type: 'bar',
          name,
          stack: 'all',
          itemStyle: { color: colourOf(token) },
          data: sizes.map((size) => size[kind]),
        })),
      },
      words,
      colourOf,
    ),
  )
}
