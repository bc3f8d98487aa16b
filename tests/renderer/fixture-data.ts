import type { AskedReport } from '../../src-main/contract/source'
import type { Diagnostics } from '../../src-main/contract/diagnostics'
import type { RequestRow } from '../../src-main/contract/conversations'
import type { Scope } from '../../src-main/contract/scope'
import type { Figures, Overview, Timeline } from '../../src-main/contract/usage'
import type { Workspace } from '../../src-main/contract/workspace'

const hourMs = 3_600_000

export const models = ['claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001', 'claude-unknown-1', null]
export const domains = ['acme.com', 'globex.io', null]

export function connectedWorkspace(): Workspace {
  const now = new Date().toISOString()
  const longAgo = new Date(Date.now() - 90 * 24 * hourMs).toISOString()
  return {
    kind: 'connection',
    id: 'first',
    name: 'first',
    colour: 'teal',
    source: {
      state: 'connected',
      failure: null,
      since: now,
      table: 'public.requests',
      serverVersion: '18.4',
      roleCanWrite: false,
    },
    sync: {
      phase: 'following',
      asOf: now,
      syncedFrom: longAgo,
      syncTarget: longAgo,
      progress: 1,
      rows: 1000,
      usagePending: 0,
      lastSyncAt: now,
      failure: null,
    },
    feed: { state: 'live', via: 'stream', since: now, lastEventAt: now, failure: null },
  }
}

function figures(requests: number): Figures {
  return {
    requests,
    inputTokens: requests * 1000,
    outputTokens: requests * 100,
    totalTokens: requests * 1100,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: requests * 0.01,
    unpricedRequests: Math.min(requests, 3),
    usagePending: 0,
    activeDomains: requests > 0 ? 3 : 0,
    errors: Math.min(requests, 2),
  }
}

/** Half of the requests for the first name, half of the rest for the second, and so on. */
function shares<T>(names: T[], requests: number): { name: T; figures: Figures }[] {
  let rest = requests
  return names.flatMap((name, index) => {
    const own = index === names.length - 1 ? rest : Math.ceil(rest / 2)
    rest -= own
    return own > 0 ? [{ name, figures: figures(own) }] : []
  })
}

/** An overview of whole hours up to now whose parts add up to `requests`. */
export function dayOverview(
  requests: number,
  scope: Scope & { by?: 'model' | 'domain' },
  missing?: Timeline['missing'],
): Overview {
  const toMs = scope.to ? Date.parse(scope.to) : Date.now()
  const fromMs = scope.from ? Date.parse(scope.from) : toMs - (scope.hours ?? 24) * hourMs
  const iso = (ms: number) => new Date(ms).toISOString()
  const window = { from: iso(fromMs), to: iso(toMs), asOf: iso(toMs) }
  const starts: number[] = []
  for (let start = Math.floor(fromMs / hourMs) * hourMs; start < toMs; start += hourMs) starts.push(start)
  const each = Math.floor(requests / starts.length)
  const points = starts.map((start, index) => ({
    start: iso(start),
    ...figures(index === 0 ? requests - each * (starts.length - 1) : each),
    errors: index === 0 ? Math.min(requests, 2) : 0,
  }))
  const names = scope.by === 'domain' ? domains : models
  const series = names.map((name, index) => ({
    name,
    requests: points.map((point) => (index === 0 ? point.requests : 0)),
    tokens: points.map((point) => (index === 0 ? point.totalTokens : 0)),
    costUsd: points.map((point) => (index === 0 ? point.costUsd : 0)),
  }))
  return {
    stats: {
      ...figures(requests),
      ...window,
      previous: { ...figures(Math.floor(requests / 2)), from: iso(2 * fromMs - toMs), to: iso(fromMs) },
    },
    timeline: { ...window, bucket: 'hour', points, ...(missing && { missing }), ...(scope.by && { series }) },
    models: shares(models, requests).map(({ name, figures: own }) => ({ model: name, ...own })),
    domains: shares(domains, requests).map(({ name, figures: own }) => ({
      domain: name,
      ...own,
      lastSeen: iso(toMs - 1000),
    })),
  }
}

export function newestRows(count: number): RequestRow[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    timestamp: new Date(Date.now() - index * 60_000).toISOString(),
    domain: domains[index % domains.length] ?? null,
    model: models[index % models.length] ?? null,
    requestType: 'inference',
    inputTokens: 1000,
    outputTokens: 100,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    totalTokens: 1100,
    costUsd: index % 4 === 2 ? null : 0.01,
    responseTimeMs: 1200,
    stream: true,
    error: index === 1,
    answered: index !== 0,
    stopReason: 'end_turn',
    preview: index === 3 ? '' : `question ${index}`,
  }))
}

/** One check of each outcome, one of them with SQL. */
export const mixedDiagnostics: Diagnostics = {
  takenAt: '2026-11-23T14:00:05.000Z',
  report: 'the report of the host\n',
  checks: [
    { name: 'database', outcome: 'passed', detail: 'PostgreSQL 18.4 answers.', advice: null, sql: null },
    {
      name: 'indexes',
      outcome: 'warning',
      detail: 'No index starts with the time column.',
      advice: 'Run this as the owner of the table.',
      sql: 'CREATE INDEX CONCURRENTLY ON "public"."requests" ("timestamp" DESC);',
    },
    { name: 'key', outcome: 'failed', detail: 'The key was refused (401).', advice: 'Enter the key again.', sql: null },
    { name: 'buffering', outcome: 'skipped', detail: 'Not opened.', advice: null, sql: null },
  ],
}

export const askedReport: AskedReport = {
  since: '2026-11-24T08:00:00.000Z',
  statements: [
    {
      purpose: 'Rows of a stretch of time',
      statement: 'COPY (SELECT request_id FROM "public"."requests" WHERE "timestamp" >= \'…\'::timestamptz) TO STDOUT',
      times: 120,
      failed: 1,
      rows: 90_210,
      totalMs: 5400,
      longestMs: 810.4,
      lastAt: '2026-11-24T09:59:58.000Z',
    },
  ],
  connections: { open: 2, most: 4 },
  comparison: { hoursCompared: 2136, hoursRead: 3, sourceMs: 640, finishedAt: '2026-11-24T09:20:00.000Z' },
  advice: [
    {
      name: 'index',
      text: 'public.requests has no index that begins with its time, so each look reads all of it.',
      sql: 'CREATE INDEX CONCURRENTLY ON "public"."requests" ("timestamp" DESC);',
    },
  ],
}
