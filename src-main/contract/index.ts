import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { annotation, annotationChange, annotationTarget, placedAnnotation } from './annotations'
import {
  listSort,
  messagePage,
  rawBodies,
  requestDetail,
  requestDetailWithRaw,
  requestList,
  sortOrder,
} from './conversations'
import { budgetList, budgetReport } from './budgets'
import { costInput, costs, priceList } from './costs'
import {
  databaseSearchCost,
  databaseSearchCostInput,
  databaseSearchEvent,
  databaseSearchInput,
} from './database-search'
import { diagnostics } from './diagnostics'
import { errorCatalogue, errorData } from './errors'
import { alertDryRun, alertRule, alerts, webhook, webhookDraft, webhookTest } from './alerts'
import { exportEvent, exportInput, exportPlan } from './exports'
import { hostInfo, settings, settingsPatch } from './host'
import { manualLink } from './manual-links'
import { previewEvent, priceBook, priceDraft } from './own-prices'
import { reconcileInput, reconciliation } from './reconciliation'
import { reportDocument, reportPlan, reportQuestion, reports } from './reports'
import { requestId, scope } from './scope'
import { offlineChoice, offlineState, powerReport } from './offline'
import { teams } from './teams'
import { askedReport } from './source'
import { queryAssist, queryAssistInput, queryField } from './search'
import { thread, turn } from './threads'
import { transcriptFile, transcriptInput, transcriptPreview } from './transcripts'
import { trendInput, trendPatterns, trendResponseTimes, trends } from './trends'
import { updateState } from './updates'
import { breakdown, domains, models, overview, stats, timeline } from './usage'
import { savedView, savedViews } from './views'
import { appEvent, connection, connectionDraft, connectionTest, health, workspace } from './workspace'

const errorMap = Object.fromEntries(
  Object.entries(errorCatalogue).map(([code, entry]) => [
    code,
    { status: entry.status, message: entry.message, data: errorData },
  ]),
)

const base = oc.errors(errorMap)

const pageInput = scope.safeExtend({
  errorsOnly: z.boolean().optional(),
  sort: listSort.optional(),
  order: sortOrder.optional(),
  limit: z.number().int().min(1).max(500).optional(),
  /** `nextCursor` of the page before. */
  cursor: z.string().max(200).optional(),
})

const pageCharacters = z.number().int().min(1000).max(100_000_000)

/**
 * What the app can do. Procedures with a `route` are REST routes under `/dashboard/api` as well; all of them are calls
 * over IPC (desktop) and HTTP (browser).
 */
export const contract = {
  usage: {
    stats: base
      .route({ method: 'GET', path: '/stats', tags: ['Usage'] })
      .input(scope)
      .output(stats),
    timeline: base
      .route({ method: 'GET', path: '/timeline', tags: ['Usage'] })
      .input(scope.safeExtend({ by: breakdown.optional() }))
      .output(timeline),
    models: base
      .route({ method: 'GET', path: '/models', tags: ['Usage'] })
      .input(scope)
      .output(models),
    domains: base
      .route({ method: 'GET', path: '/domains', tags: ['Usage'] })
      .input(scope)
      .output(domains),
    overview: base
      .route({ method: 'GET', path: '/overview', tags: ['Usage'] })
      .input(scope.safeExtend({ by: breakdown.optional() }))
      .output(overview),
  },
  costs: {
    /** Costs by any two of domain, model and time, with what moved them, what has no price and what the cache saved. */
    allocation: base.input(costInput).output(costs),
    /** The price list in force, with where each price comes from. */
    prices: base.output(priceList),
    /** A cost file of the console, summed by UTC day and model, beside the costs here. */
    reconcile: base.input(reconcileInput).output(reconciliation),
  },
  teams: {
    get: base.output(teams),
    save: base.input(teams).output(teams),
  },
  budgets: {
    /** Where each budget stands this month and is likely to end. */
    report: base.output(budgetReport),
    save: base.input(budgetList).output(budgetList),
  },
  prices: {
    /** The prices in force and what the user made of them. */
    get: base.output(priceBook),
    /** What a draft would change, before it holds: of the price list first, then of every stored request's cost. */
    preview: base.input(priceDraft).output(eventIterator(previewEvent)),
    /** Lets a draft hold: new requests at once, stored ones in the background. */
    apply: base.input(priceDraft).output(priceBook),
    /** Lets hold again what held before the last change. */
    undo: base.output(priceBook),
  },
  trends: {
    /** Figures over time beside the time before, with what stands out and what is to be expected. */
    series: base
      .route({ method: 'GET', path: '/trends', tags: ['Trends'] })
      .input(trendInput)
      .output(trends),
    responseTimes: base
      .route({ method: 'GET', path: '/trends/response-times', tags: ['Trends'] })
      .input(trendInput)
      .output(trendResponseTimes),
    /** When in the week requests come, why answers stop, and which tools they call. */
    patterns: base
      .route({ method: 'GET', path: '/trends/patterns', tags: ['Trends'] })
      .input(trendInput)
      .output(trendPatterns),
  },
  conversations: {
    list: base
      .route({ method: 'GET', path: '/conversations', tags: ['Conversations'] })
      .input(pageInput)
      .output(requestList),
    /** Rows by id, in the order asked; unknown ids are left out. */
    rows: base.input(z.object({ ids: z.array(requestId).max(200) })).output(requestList),
    getWithRaw: base
      .route({ method: 'GET', path: '/conversations/{id}', tags: ['Conversations'] })
      .input(z.object({ id: requestId }))
      .output(requestDetailWithRaw),
    /** With `characters` the newest messages of about that many characters, at least one; else all. */
    get: base.input(z.object({ id: requestId, characters: pageCharacters.optional() })).output(requestDetail),
    /** The messages before one of a request, newest first up to `characters`, at least one. */
    messages: base
      .input(z.object({ id: requestId, before: z.number().int().min(1), characters: pageCharacters }))
      .output(messagePage),
    raw: base.input(z.object({ id: requestId })).output(rawBodies),
    /** The conversation of a request, joined as far as its bodies are read. */
    thread: base
      .route({ method: 'GET', path: '/conversations/{id}/thread', tags: ['Conversations'] })
      .input(z.object({ id: requestId }))
      .output(thread),
    /** What a request changed against the one it carries on, and what of the prompt cache it missed. */
    turn: base.input(z.object({ id: requestId })).output(turn),
  },
  /** What the user changes about conversations by hand, in the open workspace. */
  links: {
    /** Newest first. Of several about one request the newest holds. */
    list: base.output(z.array(manualLink)),
    /** Lets a conversation of its own begin at a request, with all that carries it on. */
    split: base.input(z.object({ id: requestId })).output(manualLink),
    /** Puts a request, with all that carries it on, into the conversation of another one, behind that where it is later. */
    join: base.input(z.object({ id: requestId, toId: requestId })).output(manualLink),
    /** Takes back what was split or joined, and gives what is left. An unknown id changes nothing. */
    remove: base.input(z.object({ id: z.guid() })).output(z.array(manualLink)),
  },
  /** The user's saved views of the open workspace. Changes give all of them. */
  views: {
    list: base.output(savedViews),
    /** Keeps a new view, or another name or address of the one with its id. */
    save: base.input(savedView).output(savedViews),
    remove: base.input(z.object({ id: z.guid() })).output(savedViews),
  },
  /** A request or a conversation as a file for others to read. */
  transcripts: {
    /** What the file would hold, and what would be taken out. */
    preview: base.input(transcriptInput).output(transcriptPreview),
    make: base.input(transcriptInput).output(transcriptFile),
  },
  /** What the user pinned, tagged and wrote notes on, in the open workspace. */
  annotations: {
    list: base.output(z.array(placedAnnotation)),
    /** The annotation as it is now; null when nothing is left of it. */
    set: base.input(annotationChange).output(annotation.nullable()),
    /** Several at once, all or none. Gives what each was before; null for one that was not there. */
    setAll: base.input(z.array(annotationChange).min(1).max(1000)).output(z.array(annotation.nullable())),
    /** What was removed; null where nothing was. */
    remove: base.input(z.object({ target: annotationTarget })).output(annotation.nullable()),
  },
  alerts: {
    list: base.output(alerts),
    save: base.input(alertRule).output(alerts),
    remove: base.input(z.object({ id: z.string().max(64) })).output(alerts),
    /** What a rule, saved or not, would have said over the last days. */
    tryOut: base.input(z.object({ rule: alertRule, days: z.number().int().min(1).max(90) })).output(alertDryRun),
    /** Marks notices as seen; all of them where none is named. */
    acknowledge: base.input(z.object({ ids: z.array(z.string()).max(500).optional() })).output(alerts),
    /** Says nothing of a rule for so long; null ends it. */
    snooze: base
      .input(z.object({ ruleId: z.string().max(64), minutes: z.number().int().min(1).max(43_200).nullable() }))
      .output(alerts),
  },
  webhooks: {
    list: base.output(z.array(webhook)),
    save: base.input(webhookDraft).output(z.array(webhook)),
    remove: base.input(z.object({ id: z.string().max(64) })).output(z.array(webhook)),
    /** Sends a test message, once. */
    test: base.input(z.object({ id: z.string().max(64) })).output(webhookTest),
  },
  /** Reports that are made on their own, of the open workspace. Changes give all of them. */
  reports: {
    list: base.output(reports),
    save: base.input(reportPlan).output(reports),
    remove: base.input(z.object({ id: z.string().max(64) })).output(reports),
    /** Makes it of the period that ended last, beside its times. */
    runNow: base.input(z.object({ id: z.string().max(64) })).output(reports),
    /** What it would say of the period that ended last. */
    preview: base.input(reportQuestion).output(reportDocument),
    /** Asks with the system's dialog; null where none was chosen, `not-supported` where the host has none. */
    chooseFolder: base.output(z.object({ folder: z.string().nullable() })),
  },
  exports: {
    /** What an export would hold, before it is begun. */
    plan: base.input(exportInput).output(exportPlan),
    /** Makes the file, telling how far it is; whoever stops listening cancels it. */
    run: base.input(exportInput).output(eventIterator(exportEvent)),
  },
  search: {
    /** What a query that is being written needs: what is wrong where, and what could stand at the cursor. */
    assist: base.input(queryAssistInput).output(queryAssist),
    /** All fields with the values that the data has. */
    fields: base.output(z.array(queryField)),
    /** What it would cost to look in the database for words that the texts here do not answer. */
    databaseCost: base.input(databaseSearchCostInput).output(databaseSearchCost),
    /** Looks there, in slices from the newest request on; one such search at a time. */
    inDatabase: base.input(databaseSearchInput).output(eventIterator(databaseSearchEvent)),
  },
  workspace: {
    current: base.output(workspace),
    health: base.route({ method: 'GET', path: '/health', tags: ['State'] }).output(health),
    syncNow: base.output(workspace),
    /** Leaves the database alone until it is resumed, over a restart too. What is here stays readable. */
    setPaused: base.input(z.object({ isPaused: z.boolean() })).output(workspace),
    /** First the state of the workspace, then every change of it and of the data. */
    events: base.output(eventIterator(appEvent)),
  },
  offline: {
    state: base.output(offlineState),
    /** Keeps the texts of a domain or of a request's conversation on this machine, or no longer. */
    keep: base.input(offlineChoice).output(offlineState),
    /** Drops every kept text; what is still wanted is fetched again in time. */
    clear: base.output(offlineState),
    /** Nothing is fetched in the background on battery or a metered network. */
    report: base.input(powerReport).output(z.void()),
  },
  source: {
    /** What the database was asked since the workspace was opened. */
    asked: base.output(askedReport),
  },
  connections: {
    list: base.output(z.array(connection)),
    test: base.input(connectionDraft).output(connectionTest),
    save: base.input(connectionDraft).output(connection),
    remove: base.input(z.object({ id: z.string() })).output(z.array(connection)),
    /** Opens a saved connection, or the sample workspace for the id `sample`. */
    open: base.input(z.object({ id: z.string() })).output(workspace),
  },
  host: {
    info: base.output(hostInfo),
    openExternal: base.input(z.object({ url: z.string().max(4000) })).output(z.void()),
  },
  /** Newer versions of the app itself; `not-supported` where the host has no `canUpdate`. */
  updates: {
    state: base.output(updateState),
    check: base.output(updateState),
    download: base.output(updateState),
    install: base.output(updateState),
  },
  diagnostics: {
    /** Tries each part that the figures come through; takes up to ten seconds where something does not answer. */
    run: base.output(diagnostics),
  },
  settings: {
    get: base.output(settings),
    update: base.input(settingsPatch).output(settings),
  },
}
