import type { HeatmapSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption, VisualMapComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { ColourOf } from '../token-colours'
import { tooltipLook } from '../tooltip-look'
import { unitFormats, type TrendUnit } from './trend-model'

export type HeatmapOption = ComposeOption<
  HeatmapSeriesOption | GridComponentOption | TooltipComponentOption | VisualMapComponentOption
>

export const weekdayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
export const hourNames = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`)

/** The hour of the week of one of 168 values, in words. */
export function hourOfWeek(place: number): string {
  const hour = place % 24
  return `${weekdayNames[Math.floor(place / 24)]}, ${hourNames[hour]} – ${hourNames[(hour + 1) % 24]}`
}

/** 168 values from Monday, midnight, as a field of one hue: the more the stronger, nothing is the ground. */
export function heatmapOption(
  values: number[],
  unit: TrendUnit,
  look: { colourOf: ColourOf; isStill: boolean },
): HeatmapOption {
  const { colourOf } = look
  const format = unitFormats[unit]
  const axis = {
    type: 'category' as const,
    axisTick: { show: false },
    axisLine: { show: false },
    splitArea: { show: false },
  }
  const axisText = { color: colourOf('--ink-faint'), fontSize: 11 }
  return {
    animation: !look.isStill,
    aria: { enabled: true, label: { enabled: false } },
    grid: { left: 44, right: 10, top: 8, bottom: 48 },
    xAxis: { ...axis, data: hourNames, axisLabel: { ...axisText, interval: 2 } },
    yAxis: {
      ...axis,
      data: weekdayNames,
      inverse: true,
      axisLabel: { ...axisText, formatter: (name: string) => name.slice(0, 3) },
    },
    visualMap: {
      type: 'continuous',
      min: 0,
      max: Math.max(...values, 1e-9),
      calculable: false,
      orient: 'horizontal',
      left: 'center',
      bottom: 0,
      itemWidth: 8,
      itemHeight: 140,
      text: [format.axis(Math.max(...values)), '0'],
      textStyle: axisText,
      inRange: { color: [colourOf('--sunken'), colourOf('--accent')] },
    },
    tooltip: {
      ...tooltipLook(colourOf),
      formatter: (params) => {
        const { dataIndex } = Array.isArray(params) ? params[0]! : params
        return `${hourOfWeek(dataIndex)}\n${format.exact(values[dataIndex] ?? 0)}`
      },
    },
    series: [
      {
        id: 'week',
        type: 'heatmap',
        itemStyle: { borderColor: colourOf('--surface'), borderWidth: 1.5, borderRadius: 2 },
        emphasis: { itemStyle: { borderColor: colourOf('--ink') } },
        data: values.map((value, place) => [place % 24, Math.floor(place / 24), value]),
      },
    ],
  }
}
