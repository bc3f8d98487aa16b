import { init } from 'echarts/core'
import type { ColourOf } from './token-colours'

const width = 960
const height = 420
/** What title and legend take of a picture above and below the chart. */
const head = 58
const foot = 54

export type PictureOption = Parameters<ReturnType<typeof init>['setOption']>[0]

/** What a picture says of itself, since it is read without its screen. */
export interface PictureWords {
  title: string
  /** The time and what narrows it. */
  subtitle: string
}

interface Grid {
  top?: number
  bottom?: number
}

/** The chart for a page of its own: with its title, a legend and a ground. */
export function exportOption(option: object, words: PictureWords, colourOf: ColourOf): PictureOption {
  const { series, grid } = option as { series: { name?: string; data?: unknown[] }[]; grid: Grid | Grid[] }
  const withRoom = ({ top, bottom, ...rest }: Grid) => ({
    ...rest,
    left: 64,
    right: 24,
    ...(top !== undefined && { top: top + head }),
    bottom: (bottom ?? 0) + foot,
  })
  return {
    ...option,
    ...pictureHead(words, colourOf),
    legend: {
      data: series.flatMap(({ name, data }) => (name === undefined || !data?.some(isDrawn) ? [] : [name])),
      type: 'plain',
      bottom: 10,
      textStyle: { color: colourOf('--ink-soft'), fontSize: 11 },
    },
    grid: Array.isArray(grid) ? grid.map(withRoom) : withRoom(grid),
  } as PictureOption
}

const isDrawn = (value: unknown): boolean => value !== null && value !== '-'

/** Title and ground, without a movement that a picture would catch half way. */
export function pictureHead({ title, subtitle }: PictureWords, colourOf: ColourOf) {
  return {
    animation: false,
    backgroundColor: colourOf('--surface'),
    title: {
      text: title,
      subtext: subtitle,
      left: 16,
      top: 10,
      itemGap: 8,
      textStyle: { color: colourOf('--ink'), fontSize: 15, fontWeight: 600 as const },
      subtextStyle: { color: colourOf('--ink-soft'), fontSize: 11 },
    },
  }
}

/** The pictures of a chart, as its component hands them out. */
export interface ChartPictures {
  svg(words: PictureWords): string
  png(words: PictureWords): Promise<Blob>
}

export function picturesOf(draw: (words: PictureWords) => PictureOption): ChartPictures {
  return { svg: (words) => toSvg(draw(words)), png: (words) => toPng(draw(words)) }
}

/** An SVG document. */
function toSvg(option: PictureOption): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(option)
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

/** A PNG of twice as many pixels. */
async function toPng(option: PictureOption): Promise<Blob> {
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
