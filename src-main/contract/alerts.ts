import { z } from 'zod'
import { longestQuery } from './scope'

/** What a rule watches, over the requests of its query in its window. Shares are 0 to 1, money is US dollars. */
export const alertFigure = z.enum([
  'requests',
  'tokens',
  'costUsd',
  'errors',
  'errorShare',
  'cacheShare',
  'p95Ms',
  /** The most that a conversation made the same call: one tool, one input. Of requests that were read to be joined. */
  'repeatedCalls',
  /** The largest share of its model's context window that a prompt filled. Of models whose window is known. */
  'contextShare',
])
export type AlertFigure = z.infer<typeof alertFigure>

/** Figures of which a window has the largest and not the sum. */
export function isPeak(figure: AlertFigure): figure is 'repeatedCalls' | 'contextShare' {
  return figure === 'repeatedCalls' || figure === 'contextShare'
}

const amount = z.number().nonnegative().max(1e12)

export const alertCondition = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('above'), value: amount }),
  z.object({ kind: z.literal('below'), value: amount }),
  /** Against the window before, in percent of it: 50 is half as much again (or half as little). */
  z.object({
    kind: z.literal('change'),
    direction: z.enum(['up', 'down']),
    percent: z.number().positive().max(100_000),
  }),
  /** Far from what the series does at such a time; for windows of an hour or a day. */
  z.object({ kind: z.literal('anomaly') }),
  /** Not one request. */
  z.object({ kind: z.literal('absence') }),
])
export type AlertCondition = z.infer<typeof alertCondition>

const id = z.string().min(1).max(64)

export const alertRule = z
  .object({
    id,
    name: z.string().trim().min(1).max(80),
    isOn: z.boolean(),
    /** In the query language; '' is every request. */
    q: z.string().max(longestQuery),
    figure: alertFigure,
    windowMinutes: z.union([5, 15, 30, 60, 360, 1440].map((minutes) => z.literal(minutes))),
    condition: alertCondition,
    /** How long it must hold before a word is said. */
    forMinutes: z.number().int().min(0).max(1440),
    /** No second word within this time after the first, even if it cleared in between. */
    coolDownMinutes: z.number().int().min(0).max(10_080),
    webhookIds: z.array(id).max(10),
  })
  .refine(({ condition, windowMinutes }) => condition.kind !== 'anomaly' || [60, 1440].includes(windowMinutes), {
    error: 'An anomaly is looked for by the hour or by the day',
    path: ['windowMinutes'],
  })
  .refine(({ condition, figure }) => condition.kind !== 'absence' || figure === 'requests', {
    error: 'Absence is of requests',
    path: ['figure'],
  })
  .refine(({ condition, figure }) => condition.kind !== 'anomaly' || !isPeak(figure), {
    error: 'A peak has no rhythm',
    path: ['condition'],
  })
export type AlertRule = z.infer<typeof alertRule>

/** `unknown` while the replica cannot tell: nothing was read yet, or the query is not understood any more. */
export const alertPhase = z.enum(['off', 'unknown', 'clear', 'pending', 'firing'])

export const alertState = z.object({
  rule: alertRule,
  phase: alertPhase,
  /** Since when the phase holds. */
  since: z.string().nullable(),
  /** The figure at the last look, and when that was. */
  value: z.number().nullable(),
  evaluatedAt: z.string().nullable(),
  snoozedUntil: z.string().nullable(),
  /** Why it cannot be told, as a sentence. */
  problem: z.string().nullable(),
})
export type AlertState = z.infer<typeof alertState>

export const alertNotice = z.object({
  id,
  /** A step of a budget and a report that could not be delivered are told of here as well; `ruleId` is theirs then. */
  kind: z.enum(['rule', 'budget', 'report']).default('rule'),
  ruleId: id,
  name: z.string(),
  /** What happened, as a sentence with its figures. */
  sentence: z.string(),
  firedAt: z.string(),
  /** When it stopped holding; null while it holds. */
  clearedAt: z.string().nullable(),
  acknowledgedAt: z.string().nullable(),
  /** Found afterwards: the app was not running, or the machine asleep. */
  isLate: z.boolean(),
  /** The screen that shows the requests behind it, below `/dashboard/`. */
  path: z.string(),
  /** How the webhooks took it; empty where none was to be told. */
  deliveries: z.array(
    z.object({
      webhookId: id,
      name: z.string(),
      outcome: z.enum(['waiting', 'delivered', 'failed']),
      detail: z.string(),
    }),
  ),
})
export type AlertNotice = z.infer<typeof alertNotice>

/** Rules with their states, and notices newest first (at most 500 are kept). */
export const alerts = z.object({
  states: z.array(alertState),
  notices: z.array(alertNotice),
  unacknowledged: z.number().int(),
})
export type Alerts = z.infer<typeof alerts>

/** What a rule would have said over a time that has passed. */
export const alertDryRun = z.object({
  from: z.string(),
  to: z.string(),
  fired: z.array(z.object({ firedAt: z.string(), clearedAt: z.string().nullable(), value: z.number().nullable() })),
  /** The figure as it was looked at, for a chart; null where it cannot be told. */
  points: z.array(z.object({ at: z.string(), value: z.number().nullable() })),
  /** What it could not see, as a sentence; null where it saw everything. */
  unseen: z.string().nullable(),
})
export type AlertDryRun = z.infer<typeof alertDryRun>

export const webhookFormat = z.enum(['json', 'slack'])

/** Where notices are sent to. The address may hold a secret of its own: it stays in the keychain, its host is shown. */
export const webhook = z.object({
  id,
  name: z.string().trim().min(1).max(80),
  host: z.string(),
  format: webhookFormat,
  allowsPrivate: z.boolean(),
  isSigned: z.boolean(),
})
export type Webhook = z.infer<typeof webhook>

export const webhookDraft = z.object({
  id: id.optional(),
  name: z.string().trim().min(1).max(80),
  /** Left undefined, the stored one stays. */
  url: z.string().trim().max(2000).optional(),
  format: webhookFormat,
  /** Whether addresses of this machine and of private networks are allowed. */
  allowsPrivate: z.boolean(),
  /** Signs each message. Left undefined, the stored one stays; '' removes it. */
  secret: z.string().max(500).optional(),
})
export type WebhookDraft = z.infer<typeof webhookDraft>

export const webhookTest = z.object({ isDelivered: z.boolean(), detail: z.string() })
