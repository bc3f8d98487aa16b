import type { Discount, OwnPrice, Rates } from '../../../src-main/contract/own-prices'

/** The rates of a form as they are typed; '' is no price. */
export interface RatesForm {
  input: string
  output: string
  cacheRead: string
  cacheWrite5m: string
  cacheWrite1h: string
}

export interface PriceForm extends RatesForm {
  model: string
  from: string
  to: string
  note: string
  hasLong: boolean
  aboveTokens: string
  long: RatesForm
  hasFast: boolean
  fast: RatesForm
}

export type Problems = Record<string, string | undefined>

export const rateFields = [
  { key: 'input', label: 'Input', isOptional: false },
  { key: 'output', label: 'Output', isOptional: false },
  { key: 'cacheRead', label: 'Cache read', isOptional: true },
  { key: 'cacheWrite5m', label: 'Write 5 min', isOptional: true },
  { key: 'cacheWrite1h', label: 'Write 1 h', isOptional: true },
] as const satisfies { key: keyof RatesForm; label: string; isOptional: boolean }[]

const noRates: RatesForm = { input: '', output: '', cacheRead: '', cacheWrite5m: '', cacheWrite1h: '' }

export function toPriceForm(price: OwnPrice | null, model = ''): PriceForm {
  return {
    model: price?.model ?? model,
    from: price?.from ?? '',
    to: price?.to ?? '',
    note: price?.note ?? '',
    ...toRatesForm(price),
    hasLong: Boolean(price?.long),
    aboveTokens: price?.long ? String(price.long.aboveTokens) : '200000',
    long: toRatesForm(price?.long ?? null),
    hasFast: Boolean(price?.fast),
    fast: toRatesForm(price?.fast ?? null),
  }
}

function toRatesForm(rates: Rates | null): RatesForm {
  if (!rates) return { ...noRates }
  const text = (rate: number | null) => (rate === null ? '' : String(rate))
  return {
    input: text(rates.inputUsd),
    output: text(rates.outputUsd),
    cacheRead: text(rates.cacheReadUsd),
    cacheWrite5m: text(rates.cacheWrite5mUsd),
    cacheWrite1h: text(rates.cacheWrite1hUsd),
  }
}

/** The price that a form means, or what is wrong with it by field. */
export function readPriceForm(form: PriceForm, id: string): { price: OwnPrice | null; problems: Problems } {
  const problems: Problems = {}
  if (form.model.trim() === '') problems.model = 'Name a model, as requests have it.'
  if (form.model.split('*').length > 3) problems.model = 'At most two stars.'
  if (form.from !== '' && form.to !== '' && form.from >= form.to) problems.to = 'Must lie after the first day.'
  const aboveTokens = Number(form.aboveTokens)
  if (form.hasLong && !(Number.isInteger(aboveTokens) && aboveTokens > 0)) problems.aboveTokens = 'A number of tokens.'
  const rates = readRates(form, '', problems)
  const long = form.hasLong ? { aboveTokens, ...readRates(form.long, 'long.', problems) } : null
  const fast = form.hasFast ? readRates(form.fast, 'fast.', problems) : null
  if (Object.keys(problems).length > 0) return { price: null, problems }
  return {
    price: {
      id,
      model: form.model.trim(),
      from: form.from || null,
      to: form.to || null,
      ...rates,
      long,
      fast,
      note: form.note.trim(),
    },
    problems,
  }
}

function readRates(form: RatesForm, prefix: string, problems: Problems): Rates {
  const read = ({ key, isOptional }: (typeof rateFields)[number]): number | null => {
    const text = form[key].trim()
    if (text === '' && isOptional) return null
    const value = Number(text)
    if (text === '' || !Number.isFinite(value) || value < 0 || value > 100_000) {
      problems[prefix + key] = isOptional ? 'Dollars, or empty.' : 'Dollars per million tokens.'
    } else if (!/^\d*\.?\d{0,4}$/.test(text)) problems[prefix + key] = 'At most four decimals.'
    return value
  }
  const [input, output, cacheRead, cacheWrite5m, cacheWrite1h] = rateFields.map(read)
  return {
    inputUsd: input ?? 0,
    outputUsd: output ?? 0,
    cacheReadUsd: cacheRead ?? null,
    cacheWrite5mUsd: cacheWrite5m ?? null,
    cacheWrite1hUsd: cacheWrite1h ?? null,
  }
}

export interface DiscountForm {
  /** `all`, or `one` with the domain's name, which is '' for requests without one. */
  whose: 'all' | 'one'
  domain: string
  percent: string
  from: string
  to: string
  note: string
}

export function toDiscountForm(discount: Discount | null): DiscountForm {
  return {
    whose: discount && discount.domain !== null ? 'one' : 'all',
    domain: discount?.domain ?? '',
    percent: discount ? String(discount.percent) : '',
    from: discount?.from ?? '',
    to: discount?.to ?? '',
    note: discount?.note ?? '',
  }
}

export function readDiscountForm(form: DiscountForm, id: string): { discount: Discount | null; problems: Problems } {
  const problems: Problems = {}
  const percent = Number(form.percent)
  if (!(percent > 0 && percent <= 100)) problems.percent = 'Above 0, up to 100.'
  else if (!/^\d*\.?\d{0,2}$/.test(form.percent.trim())) problems.percent = 'At most two decimals.'
  if (form.from !== '' && form.to !== '' && form.from >= form.to) problems.to = 'Must lie after the first day.'
  if (Object.keys(problems).length > 0) return { discount: null, problems }
  return {
    discount: {
      id,
      domain: form.whose === 'all' ? null : form.domain,
      percent,
      from: form.from || null,
      to: form.to || null,
      note: form.note.trim(),
    },
    problems,
  }
}
