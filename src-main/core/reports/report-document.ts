import type { ReportDocument } from '../../contract/reports'
import type { ReportContent } from './report-content'
import { budgetName, changeText, countText, momentText, orNone, shareText, usdText } from './report-words'

type Section = ReportDocument['sections'][number]

/** The report as it is read, with its figures written out: dollars to the cent. `period` as people say it. */
export function reportDocument(content: ReportContent, period: string): ReportDocument {
  return {
    title: `${content.name}: ${period}`,
    lines: headLines(content),
    sections: [
      summary(content),
      byDomain(content),
      byModel(content),
      byBoth(content),
      movers(content),
      budgets(content),
      alerts(content),
    ],
  }
}

function headLines({ workspace, q, timeZone, fromMs, toMs, dueMs, madeMs, isLate, costs, missingMs }: ReportContent) {
  const moment = (ms: number): string => momentText(ms, timeZone)
  const lines = [
    `${workspace}. ${moment(fromMs)} until ${moment(toMs)}, ${timeZone}. Costs in US dollars.`,
    q === '' ? 'All requests.' : `Requests of the query ${q}`,
    `Made on ${moment(madeMs)}${isLate && dueMs !== null ? `, late: it was due on ${moment(dueMs)}` : ''}.`,
  ]
  if (missingMs > 0) {
    lines.push(`The local copy lacks ${hoursText(missingMs)} of this period, so that the figures are a lower bound.`)
  }
  if (costs.usagePending > 0) {
    lines.push(
      `The cache tokens of ${countText(costs.usagePending)} requests were not read yet, so that costs are a lower bound.`,
    )
  }
  return lines
}

function hoursText(ms: number): string {
  const hours = ms / 3_600_000
  return hours < 1
    ? 'less than an hour'
    : `${countText(Math.round(hours))} ${Math.round(hours) === 1 ? 'hour' : 'hours'}`
}

const text = (name: string) => ({ name, isFigure: false })
const figure = (name: string) => ({ name, isFigure: true })

function summary({ stats, costs }: ReportContent): Section {
  const { previous } = stats
  const row = (name: string, now: number, before: number, write: (value: number) => string): string[] => [
    name,
    write(now),
    write(before),
    changeText(now, before),
  ]
  const { cache, cacheMisses } = costs
  const lines = [
    `Reading from the prompt cache saved ${usdText(Math.max(0, cache.freshCostUsd - cache.readCostUsd))}.`,
    `Cache misses cost ${usdText(cacheMisses.lostUsd)} in ${countText(cacheMisses.turns)} turns.`,
  ]
  if (stats.unpricedRequests > 0) {
    lines.push(`${countText(stats.unpricedRequests)} requests have no price and are in no cost.`)
  }
  return {
    title: 'Summary',
    lines,
    columns: [text('Figure'), figure('This period'), figure('The one before'), figure('Change')],
    rows: [
      row('Cost', costs.allocation.total.costUsd, costs.previous.costUsd, usdText),
      row('Requests', stats.requests, previous.requests, countText),
      row('Errors', stats.errors, previous.errors, countText),
      row('Input tokens', stats.inputTokens, previous.inputTokens, countText),
      row('Output tokens', stats.outputTokens, previous.outputTokens, countText),
      row('Tokens read from the cache', stats.cacheReadTokens, previous.cacheReadTokens, countText),
      row('Tokens written to the cache', stats.cacheWriteTokens, previous.cacheWriteTokens, countText),
      row('Active domains', stats.activeDomains, previous.activeDomains, countText),
    ],
  }
}

function byDomain({ costs, errors }: ReportContent): Section {
  const { rows, total } = costs.allocation
  const failed = new Map(errors.map(({ domain, requests }) => [domain, requests]))
  return {
    title: 'By domain',
    lines: [],
    columns: [text('Domain'), figure('Requests'), figure('Errors'), figure('Tokens'), figure('Cost'), figure('Share')],
    rows: [
      ...rows.map(({ key, total: { requests, inputTokens, outputTokens, costUsd } }) => [
        orNone(key, 'domain'),
        countText(requests),
        countText(failed.get(key) ?? 0),
        countText(inputTokens + outputTokens),
        usdText(costUsd),
        shareText(costUsd, total.costUsd),
      ]),
      [
        'Total',
        countText(total.requests),
        countText(errors.reduce((sum, { requests }) => sum + requests, 0)),
        countText(total.inputTokens + total.outputTokens),
        usdText(total.costUsd),
        shareText(total.costUsd, total.costUsd),
      ],
    ],
  }
}

function byModel({ costs }: ReportContent): Section {
  const { columns, total } = costs.allocation
  return {
    title: 'By model',
    lines: [],
    columns: [text('Model'), figure('Requests'), figure('Tokens'), figure('Cost'), figure('Share')],
    rows: columns.map(({ key, total: { requests, inputTokens, outputTokens, costUsd } }) => [
      orNone(key, 'model'),
      countText(requests),
      countText(inputTokens + outputTokens),
      usdText(costUsd),
      shareText(costUsd, total.costUsd),
    ]),
  }
}

function byBoth({ costs }: ReportContent): Section {
  const { rows, columns } = costs.allocation
  return {
    title: 'By domain and model',
    lines: [],
    columns: [text('Domain'), text('Model'), figure('Requests'), figure('Cost')],
    rows: rows.flatMap(({ key, cells }) =>
      cells.flatMap((cell, index) =>
        cell === null
          ? []
          : [
              [
                orNone(key, 'domain'),
                orNone(columns[index]!.key, 'model'),
                countText(cell.requests),
                usdText(cell.costUsd),
              ],
            ],
      ),
    ),
  }
}

function movers({ costs }: ReportContent): Section {
  const rows = (['domains', 'models'] as const).flatMap((kind) =>
    costs.movers[kind].map(({ key, costUsd, previousCostUsd }) => [
      kind === 'domains' ? 'Domain' : 'Model',
      orNone(key, kind.slice(0, -1)),
      usdText(costUsd),
      usdText(previousCostUsd),
      changeText(costUsd, previousCostUsd),
    ]),
  )
  return {
    title: 'What moved most',
    lines: rows.length === 0 ? ['Nothing changed against the period before.'] : [],
    columns: [text('Kind'), text('Name'), figure('This period'), figure('The one before'), figure('Change')],
    rows,
  }
}

function budgets({ budgets: states, q }: ReportContent): Section {
  const lines =
    states.length === 0 ? ['There is no budget.'] : ['Of the calendar month, as they stood when the period ended.']
  if (states.length > 0 && q !== '') lines.push('Budgets are of all requests, whatever the query.')
  return {
    title: 'Budgets',
    lines,
    columns: [text('Of'), figure('Spent'), figure('Budget'), figure('Used'), figure('Likely at month end')],
    rows: states.map(({ budget, spentUsd, forecast }) => [
      budgetName(budget.target),
      usdText(spentUsd),
      usdText(budget.monthlyUsd),
      shareText(spentUsd, budget.monthlyUsd),
      forecast === null ? '–' : usdText(forecast.valueUsd),
    ]),
  }
}

function alerts({ notices, timeZone }: ReportContent): Section {
  return {
    title: 'Alerts',
    lines: notices.length === 0 ? ['Nothing was told of in this period.'] : [],
    columns: [text('When'), text('Rule'), text('What happened')],
    rows: notices.map(({ firedAt, name, sentence }) => [momentText(Date.parse(firedAt), timeZone), name, sentence]),
  }
}
