import { join } from 'node:path'
import { z } from 'zod'
import { alertNotice, alertRule, webhook } from '../contract/alerts'
import type { Log } from '../core/ports'
import { openJsonFile, type JsonFile } from './json-file'

const memory = z.object({
  phase: z.enum(['clear', 'pending', 'firing']),
  sinceMs: z.number().nullable(),
  lastFiredMs: z.number().nullable(),
})

/** What is known of a rule between two looks. */
const ruleState = z.object({
  memory,
  /** The moment of the replica that was looked at last; null before the first look. */
  evaluatedMs: z.number().nullable(),
  value: z.number().nullable(),
  snoozedUntilMs: z.number().nullable(),
  /** The notice that is not cleared yet. */
  openNoticeId: z.string().nullable(),
})
export type AlertRuleState = z.infer<typeof ruleState>

const alertsFile = z.object({
  rules: z.array(alertRule),
  states: z.record(z.string(), ruleState),
  notices: z.array(alertNotice),
  /** What was told once and must not be told again, by names of their own; newest last. */
  toldOnce: z.array(z.string()).default([]),
})
export type AlertsFile = z.infer<typeof alertsFile>

/** Rules, states and notices of one database, in a file of their own. `sourceKey` names it. */
export function openAlertsFile(options: {
  directory: string
  sourceKey: string
  log: Log
}): Promise<JsonFile<AlertsFile>> {
  return openJsonFile({
    path: join(options.directory, `${options.sourceKey}.json`),
    schema: alertsFile,
    fallback: { rules: [], states: {}, notices: [], toldOnce: [] },
    log: options.log,
  })
}

/** Webhooks without their addresses and secrets, which are in the keychain. */
export const webhooksFile = z.object({ webhooks: z.array(webhook) })
export type WebhooksFile = z.infer<typeof webhooksFile>
