import { randomUUID } from 'node:crypto'
import type { Webhook, WebhookDraft } from '../contract/alerts'
import { asFailure, Failure } from '../core/failure'
import { createTurns } from '../core/in-turn'
import type { Log, SecretStore } from '../core/ports'
import type { AppApi } from '../rpc/app-api'
import type { WebhooksFile } from '../settings/alert-files'
import type { JsonFile } from '../settings/json-file'
import { checkWebhookUrl, sendWebhook } from '../webhooks/send-webhook'

export interface Webhooks {
  api: AppApi['webhooks']
  name(id: string): string | null
  /** Sends a message and, where it fails, tries again for about a minute. Throws `webhook-failed`. */
  send(id: string, message: WebhookMessage, options?: { signal?: AbortSignal; tries?: number }): Promise<void>
}

/** What is sent: the JSON, or its words to where Slack's format is asked for. */
export interface WebhookMessage {
  title: string
  sentence: string
  json: Record<string, unknown>
}

const account = (id: string, what: 'url' | 'secret'): string => `webhook/${id}/${what}`

/** Addresses that notices are sent to. Their URLs and secrets live in the keychain, and cross to no page. */
export function createWebhooks(options: {
  file: JsonFile<WebhooksFile>
  secrets: SecretStore
  log: Log
  send?: typeof sendWebhook
}): Webhooks {
  const { file, secrets, log, send = sendWebhook } = options
  // A webhook is its line in the file and two secrets: none of them is to be of another change.
  const inTurn = createTurns()
  const all = (): Webhook[] => file.value().webhooks
  const find = (id: string): Webhook => {
    const found = all().find((each) => each.id === id)
    if (!found)
      throw new Failure('not-found', { message: 'This webhook is not here any more.', hint: 'Choose another.' })
    return found
  }

  async function deliver(id: string, message: WebhookMessage, sending: { signal?: AbortSignal; tries?: number } = {}) {
    const { format, allowsPrivate } = find(id)
    const [url, secret] = await Promise.all([secrets.get(account(id, 'url')), secrets.get(account(id, 'secret'))])
    if (url === null) {
      const message = 'The address of this webhook is not in the keychain any more.'
      throw new Failure('webhook-failed', { message, hint: 'Enter it again.' })
    }
    await send({ url, secret, allowsPrivate }, JSON.stringify(bodyOf(format, message)), sending)
  }

  async function save(draft: WebhookDraft): Promise<Webhook[]> {
    const id = draft.id ?? randomUUID()
    const former = all().find((each) => each.id === id)
    const stored = former ? await secrets.get(account(id, 'url')) : null
    const text = draft.url ?? stored
    if (text === null) throw new Failure('invalid-input', { message: 'A webhook needs an address.' })
    const url = checkWebhookUrl(text, draft.allowsPrivate)
    if (draft.url !== undefined) await secrets.set(account(id, 'url'), draft.url)
    if (draft.secret) await secrets.set(account(id, 'secret'), draft.secret)
    if (draft.secret === '') await secrets.delete(account(id, 'secret'))
    const isSigned = draft.secret === undefined ? (former?.isSigned ?? false) : draft.secret !== ''
    const { name, format, allowsPrivate } = draft
    const next: Webhook = { id, name, host: url.host, format, allowsPrivate, isSigned }
    await file.write({
      webhooks: former ? all().map((each) => (each.id === id ? next : each)) : [...all(), next],
    })
    return all()
  }

  return {
    name: (id) => all().find((each) => each.id === id)?.name ?? null,
    send: deliver,
    api: {
      list: async () => all(),
      save: (draft) => inTurn(() => save(draft)),
      remove: ({ id }) =>
        inTurn(async () => {
          await file.write({ webhooks: all().filter((each) => each.id !== id) })
          await Promise.all((['url', 'secret'] as const).map((what) => secrets.delete(account(id, what))))
          return all()
        }),
      async test({ id }, { signal }) {
        try {
          await deliver(id, testMessage(), { tries: 1, ...(signal && { signal }) })
          return { isDelivered: true, detail: 'The address took the test message.' }
        } catch (error) {
          const failure = asFailure(error)
          if (failure.code === 'internal') log.error('A webhook could not be tested', { error })
          return { isDelivered: false, detail: failure.message }
        }
      },
    },
  }
}

function bodyOf(format: Webhook['format'], { title, sentence, json }: WebhookMessage): unknown {
  return format === 'slack' ? { text: `*${escapeSlack(title)}*: ${escapeSlack(sentence)}` } : json
}

/** In Slack's text these three would make links and mentions. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function testMessage(): WebhookMessage {
  const sentence = 'This is a test of Nexus Desktop.'
  const firedAt = new Date().toISOString()
  const rule = { id: 'test', name: 'Test' }
  const json = { type: 'alert', kind: 'rule', id: 'test', rule, sentence, firedAt, clearedAt: null }
  return { title: 'Test', sentence, json }
}
