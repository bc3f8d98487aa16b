import type { ReportRun } from '../contract/reports'
import type { ReportContent } from '../core/reports/report-content'
import { countText, usdText } from '../core/reports/report-words'
import type { WebhookMessage } from './webhooks'
import type { ReportFile } from './write-report'

/** Bytes of all attached files together, before base64: what receivers commonly take of a JSON body is a megabyte. */
export const mostAttachedBytes = 700_000
const mostDomains = 20

/**
 * A report as a webhook gets it: the figures, and the files as base64 where all of them are small enough. A format that
 * is for people, as Slack's, gets its sentence.
 */
export function reportMessage(run: ReportRun, content: ReportContent, files: readonly ReportFile[]): WebhookMessage {
  const { stats, costs, timeZone } = content
  const { total, rows } = costs.allocation
  const isAttached = files.reduce((sum, file) => sum + file.content.byteLength, 0) <= mostAttachedBytes
  return {
    title: run.name,
    sentence: `${usdText(total.costUsd)} for ${countText(stats.requests)} requests (${countText(stats.errors)} failed) from ${run.from} until ${run.to}.`,
    json: {
      type: 'report',
      id: run.id,
      report: { id: run.planId, name: run.name },
      period: { from: run.from, to: run.to, timeZone },
      dueAt: run.dueAt,
      isLate: run.isLate,
      summary: {
        requests: stats.requests,
        errors: stats.errors,
        costUsd: total.costUsd,
        previousCostUsd: costs.previous.costUsd,
        unpricedRequests: total.unpricedRequests,
        domains: rows.slice(0, mostDomains).map(({ key, total: { costUsd, requests } }) => ({
          domain: key,
          costUsd,
          requests,
        })),
      },
      files: files.map(({ name, mediaType, content: bytes }) => ({
        name,
        mediaType,
        sizeBytes: bytes.byteLength,
        base64: isAttached ? bytes.toString('base64') : null,
      })),
    },
  }
}
