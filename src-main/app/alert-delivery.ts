import type { AlertNotice } from '../contract/alerts'
import { asFailure } from '../core/failure'
import type { OpenWorkspace } from './open-workspace'
import type { WebhookMessage, Webhooks } from './webhooks'
import type { Workspaces } from './workspaces'

/** Sends notices to their webhooks and writes down how each of them took it. */
export function createAlertDelivery(options: {
  workspaces: Pick<Workspaces, 'announceAlerts'>
  webhooks: Pick<Webhooks, 'name' | 'send'>
  signal: AbortSignal
  inTurn<T>(work: () => Promise<T>): Promise<T>
}) {
  const { workspaces, webhooks, signal, inTurn } = options
  let resentFor: OpenWorkspace | null = null

  async function deliver(workspace: OpenWorkspace, notice: AlertNotice): Promise<void> {
    await Promise.all(
      notice.deliveries.map(async ({ webhookId, outcome }) => {
        if (outcome !== 'waiting') return
        const failure = await webhooks.send(webhookId, messageOf(notice), { signal }).then(
          () => null,
          (error: unknown) => asFailure(error).message,
        )
        // Given up because the app ends: the next run sends it.
        if (signal.aborted) return
        await inTurn(() => note(workspace, notice.id, webhookId, failure))
      }),
    )
  }

  async function note(workspace: OpenWorkspace, noticeId: string, webhookId: string, failure: string | null) {
    const file = workspace.alerts.value()
    const outcome = failure === null ? ('delivered' as const) : ('failed' as const)
    const notices = file.notices.map((notice) => {
      if (notice.id !== noticeId) return notice
      const deliveries = notice.deliveries.map((each) =>
        each.webhookId === webhookId ? { ...each, outcome, detail: failure ?? '' } : each,
      )
      return { ...notice, deliveries }
    })
    await workspace.alerts.write({ ...file, notices })
    workspaces.announceAlerts()
  }

  return {
    deliver,
    /** Those of the webhooks that are still here, to be sent to. */
    waiting: (webhookIds: readonly string[]): AlertNotice['deliveries'] =>
      webhookIds.flatMap((webhookId) => {
        const name = webhooks.name(webhookId)
        return name === null ? [] : [{ webhookId, name, outcome: 'waiting' as const, detail: '' }]
      }),
    /** Sends what a former run could not finish, once for each workspace that is opened. */
    resend(workspace: OpenWorkspace): void {
      if (resentFor === workspace) return
      resentFor = workspace
      for (const notice of workspace.alerts.value().notices) {
        if (notice.deliveries.some(({ outcome }) => outcome === 'waiting')) void deliver(workspace, notice)
      }
    },
  }
}

function messageOf({ kind, id, ruleId, name, sentence, firedAt, clearedAt }: AlertNotice): WebhookMessage {
  const rule = { id: ruleId, name }
  return { title: name, sentence, json: { type: 'alert', kind, id, rule, sentence, firedAt, clearedAt } }
}
