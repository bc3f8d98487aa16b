import { init } from 'echarts/core'
import type { ColourOf } from '../token-colours'

const width = 960
const height = 420

type PictureOption = Parameters<ReturnType<typeof init>['setOption']>[0]

/** The chart for a page of its own: with its title, a legend and a ground. */
export function exportOption(option: object, title: string, colourOf: ColourOf): PictureOption {
  const { series, grid } = option as { series: { name?: string }[]; grid: object }
  return {
    ...option,
    animation: false,
    backgroundColor: colourOf('--surface'),
    title: { text: title, left: 16, top: 12, textStyle: { color: colourOf('--ink'), fontSize: 15, fontWeight: 600 } },
    legend: {
      data: series.flatMap(({ name }) => (name === undefined ? [] : [name])),
      type: 'plain',
      bottom: 10,
      textStyle: { color: colourOf('--ink-soft'), fontSize: 11 },
    },
    grid: { ...grid, left: 64, right: 24, top: 56, bottom: 76 },
  } as PictureOption
}

/** An SVG document. */
export function toSvg(option: PictureOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(option)
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

/** A PNG of twice as many pixels. */
export async function toPng(option: PictureOption): Promise<Blob> {
  const canvas = document.createElement('div')
  const chart = init(canvas, null, { renderer: 'canvas', width, height, devicePixelRatio: 2 })
  try {
    chart.setOption(option)
    const drawn = chart.renderToCanvas({ pixelRatio: 2 })
    return await new Promise<Blob>((resolve, reject) =>
      drawn.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture could not be drawn'))), 'image/png'),
    )
  } finally {
    chart.dispose()
  }
}
