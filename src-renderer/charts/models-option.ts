import type { PieSeriesOption } from 'echarts/charts'
import type { TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import { percent } from '../format/number'
import { pictureHead, type PictureOption, type PictureWords } from './chart-picture'
import { formatMetric, metricLabels, type Metric } from './metric'
import type { ColourOf } from './token-colours'
import { tooltipLook } from './tooltip-look'

export interface Slice {
  key: string
  label: string
  value: number
  /** Token of its colour. */
  token: string
}

export type ModelsOption = ComposeOption<PieSeriesOption | TooltipComponentOption>

export interface ModelsLook {
  metric: Metric
  chosen: string | undefined
  colourOf: ColourOf
  isStill: boolean
}

/** Shares as a ring; its figures stand in the table beside it. */
export function modelsOption(slices: Slice[], look: ModelsLook): ModelsOption {
  const { metric, colourOf, isStill } = look
  return {
    animation: !isStill,
    animationDuration: 250,
    animationDurationUpdate: 250,
    tooltip: {
      trigger: 'item',
      ...tooltipLook(colourOf),
      formatter: (params) => {
        const { name, value, percent: share } = Array.isArray(params) ? params[0]! : params
        return `${name}\n${formatMetric(Number(value), metric)}  ${percent(Number(share) / 100)}`
      },
    },
    series: [ring(slices, look)],
  }
}

function ring(slices: Slice[], { chosen, colourOf }: ModelsLook): PieSeriesOption {
  return {
    type: 'pie',
    radius: ['62%', '94%'],
    // Slices of a thousandth keep a width that can be seen and hit.
    minAngle: 2,
    label: { show: false },
    labelLine: { show: false },
    itemStyle: { borderColor: colourOf('--surface'), borderWidth: 1.5 },
    emphasis: { scaleSize: 3 },
    data: slices.map((slice) => ({
      id: slice.key,
      name: slice.label,
      value: slice.value,
      itemStyle: {
        color: colourOf(slice.token),
        opacity: chosen === undefined || chosen === slice.key ? 1 : 0.3,
      },
    })),
  }
}

/** The ring for a page of its own: every slice with its figure and share, since no table stands beside it. */
export function modelsPicture(slices: Slice[], look: ModelsLook, words: PictureWords): PictureOption {
  const { metric, colourOf } = look
  const total = slices.reduce((sum, { value }) => sum + value, 0)
  const { title, ...head } = pictureHead(words, colourOf)
  const middle = { left: '27%', textAlign: 'center' as const }
  return {
    ...head,
    title: [
      title,
      {
        ...middle,
        top: '51%',
        text: formatMetric(total, metric),
        subtext: metricLabels[metric].toLowerCase(),
        itemGap: 8,
        textStyle: { color: colourOf('--ink'), fontSize: 20, fontWeight: 600 },
        subtextStyle: { color: colourOf('--ink-faint'), fontSize: 11 },
      },
    ],
    legend: {
      orient: 'vertical',
      left: '52%',
      top: 'middle',
      itemGap: 14,
      textStyle: { color: colourOf('--ink-soft'), fontSize: 12 },
      formatter: (name: string) => {
        const value = slices.find(({ label }) => label === name)?.value ?? 0
        return `${name}   ${formatMetric(value, metric)}   ${percent(total === 0 ? 0 : value / total)}`
      },
    },
    series: [{ ...ring(slices, { ...look, chosen: undefined }), radius: ['44%', '68%'], center: ['27%', '57%'] }],
  }
}
