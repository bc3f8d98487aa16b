import { computed, type ComputedRef } from 'vue'
import { toCsv } from '../format/csv'
import { saveBlob, saveFile } from '../state/save-file'
import { useToasts } from '../state/toasts'
import type { MenuEntry } from '../ui/menu-entry'
import type { ChartPictures } from './chart-picture'

/** The figures of a chart as rows. Times are ISO UTC, money is US dollars, null is what is not known. */
export interface ChartFigures {
  columns: string[]
  rows: (string | number | null)[][]
  /** What is counted, where a column does not say it. */
  unit?: string
}

export interface SavedChart {
  title: string
  /** What a menu calls it that has other entries too. */
  word?: string
  /** Stands below the title of a picture. */
  subtitle: string
  /** Without its ending. */
  fileName: string
  figures(): ChartFigures
  /** Null while it is not drawn, undefined where the figures stand in no chart. */
  pictures?: (() => ChartPictures | null | Promise<ChartPictures>) | undefined
  /** Whether the chart is not drawn now, its figures are shown instead or there are none. */
  isHidden?: boolean
}

/** Entries of a menu that save a chart as a picture, and its figures as CSV and JSON. */
export function useSaveEntries(chart: () => SavedChart | null): ComputedRef<MenuEntry[]> {
  const toasts = useToasts()

  async function savePicture(kind: 'png' | 'svg'): Promise<void> {
    const { title, subtitle, fileName, pictures } = chart()!
    try {
      const drawn = await pictures?.()
      if (!drawn) return
      const words = { title, subtitle }
      if (kind === 'png') saveBlob(`${fileName}.png`, await drawn.png(words))
      else saveFile(`${fileName}.svg`, 'image/svg+xml', drawn.svg(words))
    } catch (error) {
      toasts.showFailure(error)
    }
  }

  function saveCsv(): void {
    const { fileName, figures } = chart()!
    const { columns, rows } = figures()
    saveFile(`${fileName}.csv`, 'text/csv', toCsv([columns, ...rows]))
  }

  function saveJson(): void {
    const { title, fileName, figures } = chart()!
    const { columns, rows, unit } = figures()
    const items = rows.map((row) => Object.fromEntries(row.map((value, at) => [columns[at]!, value])))
    const json = { title, ...(unit !== undefined && { unit }), rows: items }
    saveFile(`${fileName}.json`, 'application/json', JSON.stringify(json, null, 2))
  }

  return computed(() => {
    const saved = chart()
    if (!saved) return []
    const { word = 'the chart', pictures, isHidden = false } = saved
    const draw = (kind: 'png' | 'svg'): MenuEntry => ({
      kind: 'item',
      label: kind.toUpperCase(),
      disabled: isHidden,
      run: () => void savePicture(kind),
    })
    return [
      ...(pictures ? [{ kind: 'label' as const, label: `Save ${word}` }, draw('png'), draw('svg')] : []),
      { kind: 'label', label: pictures ? 'Save its figures' : 'Save the figures' },
      { kind: 'item', label: 'CSV', run: saveCsv },
      { kind: 'item', label: 'JSON', run: saveJson },
    ]
  })
}
