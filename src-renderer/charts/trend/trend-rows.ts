import type { ChartFigures } from '../use-save-entries'
import { missingPlaces, rangeOf, type TrendChartData, type TrendTime } from './trend-model'

/** The figures of a chart: for its table, CSV and JSON. Times are half open. */
export function trendRows(chart: TrendChartData, time: TrendTime): ChartFigures {
  const { layers, former, forecast, anomalies } = chart
  const missing = missingPlaces(time)
  const hasNotes = anomalies.length > 0 || missing.size > 0
  const ahead = forecast?.starts.filter((start) => !time.starts.includes(start)) ?? []
  const starts = [...time.starts, ...ahead]
  const columns = [
    'From',
    'To',
    ...layers.map(({ label }) => label),
    ...(former ? ['Time before'] : []),
    ...(forecast ? ['Forecast', 'Forecast low', 'Forecast high'] : []),
    ...(hasNotes ? ['Note'] : []),
  ]
  const rows = starts.map((start, index) => {
    const range = rangeOf(time, index)
    const band = forecast?.made.bands[forecast.starts.indexOf(start)]
    const note = [
      ...(missing.has(index)
        ? [missing.get(index) === 'whole' ? 'not in the local copy' : 'not all in the local copy']
        : []),
      ...anomalies.filter((anomaly) => anomaly.index === index).map(({ reason }) => reason),
    ].join(' ')
    return [
      range?.from ?? start,
      range?.to ?? starts[index + 1] ?? null,
      ...layers.map(({ values }) => values[index] ?? null),
      ...(former ? [former[index] ?? null] : []),
      ...(forecast ? [band?.value ?? null, band?.low ?? null, band?.high ?? null] : []),
      ...(hasNotes ? [note] : []),
    ]
  })
  return { columns, rows, unit: chart.unit }
}
