import { predictionInterval, robustMean } from './robust-statistics'

/** Days ahead, half open: day 0 is the one after the last that is known whole. */
export interface Stretch {
  from: number
  to: number
}

/** The forecast sum of a stretch and where 8 in 10 such forecasts would have found the outcome. Never below 0. */
export interface ForecastBand {
  value: number
  low: number
  high: number
  /** False where the series is too short to try a forecast so far ahead: the band is then widened by rule. */
  isTested: boolean
}

export interface Forecast {
  /** In the order of the stretches asked for. */
  bands: ForecastBand[]
  /** How it was made, as a sentence. */
  method: string
  /** How far such forecasts were off, as a sentence. */
  error: string
  /** Mean error of a day, up to a week ahead, as a share of a mean day; null where nothing was used meanwhile. */
  errorShare: number | null
}

/** Outcomes that the bands are made to hold. */
export const bandShare = 0.8

const weekDays = 7
/** Days that a forecast is made from at least, and with the weekdays told apart. */
const fewestDays = 7
const fewestDaysForWeekdays = 14
/** Trials that a band is made from at least. */
const fewestTrials = 8
export const fewestDaysToForecast = fewestDays + fewestTrials
const profileWeeks = 8
const levelDays = 14
/** Older days say nothing of the error that is to be expected now. */
const longestHistoryDays = 180

/** What each day after the first `count` of a series is expected to be. */
type Model = (values: readonly number[], count: number) => DaysAhead
type DaysAhead = (ahead: number) => number

/** A model tried on each earlier day: what it would have said then, and what it says now. */
interface Tried {
  values: readonly number[]
  firstTrial: number
  /** The first is of `firstTrial` days, the last of all. */
  forecasts: DaysAhead[]
}

/**
 * Forecasts sums of days ahead from the sums of whole days before, none missing. The model that would have been better
 * in the past is used: each weekday's own mean, or one mean for all. Bands come from trying it on each earlier day, so
 * they hold whatever noise the series has. `firstDayShare` is the part of day 0 that is still to come, where it has
 * begun. With too little to go by it gives the reason as a sentence.
 */
export function forecastSums(
  dailySums: readonly number[],
  stretches: readonly Stretch[],
  { firstDayShare = 1 }: { firstDayShare?: number } = {},
): Forecast | { reason: string } {
  const values = sinceFirstUse(dailySums)
  if (values.length < fewestDaysToForecast) {
    return { reason: `A forecast needs ${fewestDaysToForecast} whole days of use; there are ${values.length}.` }
  }
  const canTellWeekdays = values.length >= fewestDaysForWeekdays + fewestTrials
  const firstTrial = canTellWeekdays ? fewestDaysForWeekdays : fewestDays
  const models = canTellWeekdays ? [levelModel, weekdayModel] : [levelModel]
  const [best] = models
    .map((model) => ({ model, tried: tryOut(values, model, firstTrial) }))
    .map(({ model, tried }) => ({ model, tried, dayError: meanDayError(tried) }))
    .toSorted((a, b) => a.dayError - b.dayError)
  const { model, tried, dayError } = best!
  const meanDay = mean(values.slice(firstTrial))
  const errorShare = meanDay > 0 ? dayError / meanDay : null
  const bands = stretches.map((stretch) => bandOf(tried, stretch, firstDayShare))
  const isTested = bands.every((band) => band.isTested)
  return {
    bands,
    method: describeMethod({ isByWeekday: model === weekdayModel, canTellWeekdays, isTested }),
    error: describeError(errorShare, values.length - firstTrial),
    errorShare,
  }
}

/** Days before anything was used are no quiet days. */
function sinceFirstUse(values: readonly number[]): readonly number[] {
  const first = values.findIndex((value) => value > 0)
  return first === -1 ? [] : values.slice(Math.max(first, values.length - longestHistoryDays))
}

/** The same for each day ahead: the mean of the last two weeks. */
const levelModel: Model = (values, count) => {
  const level = robustMean(values.slice(Math.max(0, count - levelDays), count))
  return () => level
}

/** Each weekday's mean of the last weeks, all of them at the level of the last two weeks. */
const weekdayModel: Model = (values, count) => {
  const byWeekday = Array.from({ length: weekDays }, (): number[] => [])
  for (let day = Math.max(0, count - profileWeeks * weekDays); day < count; day++) {
    byWeekday[day % weekDays]!.push(values[day]!)
  }
  const usual = byWeekday.map(robustMean)
  const ratios: number[] = []
  for (let day = Math.max(0, count - levelDays); day < count; day++) {
    if (usual[day % weekDays]! > 0) ratios.push(values[day]! / usual[day % weekDays]!)
  }
  const level = ratios.length === 0 ? 1 : robustMean(ratios)
  return (ahead) => usual[(count + ahead) % weekDays]! * level
}

function tryOut(values: readonly number[], model: Model, firstTrial: number): Tried {
  const trials = values.length - firstTrial + 1
  return {
    values,
    firstTrial,
    forecasts: Array.from({ length: trials }, (_, trial) => model(values, firstTrial + trial)),
  }
}

/** Mean distance of forecast days from what they became, up to a week ahead. */
function meanDayError({ values, firstTrial, forecasts }: Tried): number {
  const errors = forecasts.flatMap((forecast, trial) =>
    values
      .slice(firstTrial + trial, firstTrial + trial + weekDays)
      .map((value, ahead) => Math.abs(value - forecast(ahead))),
  )
  return mean(errors)
}

function bandOf(tried: Tried, stretch: Stretch, firstDayShare: number): ForecastBand {
  const { values, firstTrial } = tried
  // A stretch too far ahead to be tried takes the error of the furthest that can be, grown as a random walk grows.
  const furthest = values.length - firstTrial - fewestTrials + 1
  const isTested = stretch.to <= furthest
  const length = Math.min(stretch.to - stretch.from, furthest)
  const tryable = isTested ? stretch : { from: furthest - length, to: furthest }
  const { low, high } = predictionInterval(relativeErrors(tried, tryable, firstDayShare), bandShare)
  const { value, scale } = sumAhead(tried, values.length, stretch, firstDayShare)
  const growth = isTested ? 1 : Math.sqrt(stretch.to / furthest)
  return {
    value,
    low: Math.max(0, value + Math.min(low, 0) * growth * scale),
    high: value + Math.max(high, 0) * growth * scale,
    isTested,
  }
}

/** By how many of its scales the outcome of each trial lay above its forecast. */
function relativeErrors(tried: Tried, stretch: Stretch, firstDayShare: number): number[] {
  const { values, firstTrial } = tried
  const errors: number[] = []
  for (let count = firstTrial; count + stretch.to <= values.length; count++) {
    const { value, scale } = sumAhead(tried, count, stretch, firstDayShare)
    const outcome = sumOf((ahead) => values[count + ahead]!, stretch, firstDayShare)
    errors.push(scale > 0 ? (outcome - value) / scale : 0)
  }
  return errors
}

/**
 * The sum of a stretch as it was forecast after `count` days, and what its error grows with: half its own size, half
 * that of as many mean days. Where hardly anything is expected any more, a tenth of the mean day so far stands for one.
 */
function sumAhead({ values, firstTrial, forecasts }: Tried, count: number, stretch: Stretch, firstDayShare: number) {
  const forecast = forecasts[count - firstTrial]!
  const value = sumOf(forecast, stretch, firstDayShare)
  const meanAhead = mean(Array.from({ length: weekDays }, (_, ahead) => forecast(ahead)))
  const meanDay = Math.max(meanAhead, mean(values.slice(0, count)) / 10)
  return { value, scale: (value + sumOf(() => meanDay, stretch, firstDayShare)) / 2 }
}

function sumOf(dayAt: DaysAhead, { from, to }: Stretch, firstDayShare: number): number {
  let sum = 0
  for (let ahead = from; ahead < to; ahead++) sum += dayAt(ahead) * (ahead === 0 ? firstDayShare : 1)
  return sum
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function describeMethod(made: { isByWeekday: boolean; canTellWeekdays: boolean; isTested: boolean }): string {
  const how = made.isByWeekday
    ? `Each day is forecast as the mean of its weekday over the last ${profileWeeks} weeks, outliers pulled in, at the level of the last two weeks.`
    : `Each day is forecast as the mean of the last two weeks, outliers pulled in; ${
        made.canTellWeekdays ? 'telling weekdays apart would have been no closer' : 'weekdays cannot be told apart yet'
      }.`
  const band = `The band is where ${bandShare * 10} in 10 forecasts made this way on earlier days would have found the outcome`
  return `${how} ${band}${made.isTested ? '.' : '; further ahead than can be tried, it is widened by rule.'}`
}

function describeError(errorShare: number | null, trialDays: number): string {
  if (errorShare === null) return `Nothing was used on the last ${trialDays} days, so no error can be told.`
  const percent = (errorShare * 100).toFixed(errorShare < 0.1 ? 1 : 0)
  return `Tried on the last ${trialDays} days, it was off by ${percent}% of a mean day, up to a week ahead.`
}
