import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { fingerprint } from '../../../src-main/core/threads/fingerprint'
import { linkThreads } from '../../../src-main/core/threads/link-threads'
import type { ByHand } from '../../../src-main/core/threads/place-by-hand'
import type { ThreadLink, ThreadRequest } from '../../../src-main/core/threads/thread-request'
import { apiMessage } from '../bodies/stored-shapes'

export type Content = string | Record<string, unknown>[]
export interface Turn {
  role: 'user' | 'assistant' | 'system'
  content: Content
}

export const user = (content: Content): Turn => ({ role: 'user', content })
export const assistant = (content: Content): Turn => ({ role: 'assistant', content })
export const text = (value: string, more = {}) => ({ type: 'text', text: value, ...more })
export const toolUse = (id: string, name: string, input: object) => ({ type: 'tool_use', id, name, input })
export const toolResult = (id: string, content: Content) => ({ type: 'tool_result', tool_use_id: id, content })

interface Told {
  id: string
  messages: Turn[]
  /** The stored answer: content of an API message, or any stored body; undefined for none. */
  answer?: Content | { stored: unknown }
  /** Minutes after the beginning; a minute after the request told before when left out. */
  minute?: number
  session?: string
  domain?: string | null
  system?: string
  conversationId?: string
  branchId?: string
  source?: ThreadRequest['source']
}

/** Requests as rows with stored bodies would give them to threading. */
export function tell(requests: Told[]): ThreadRequest[] {
  let minute = 0
  return requests.map((told) => {
    minute = told.minute ?? minute + 1
    const { session, system, messages, answer } = told
    const metadata = session === undefined ? {} : { metadata: { user_id: `user_a_account_b_session_${session}` } }
    const body = { model: 'm', system: system ?? 'You help.', messages, ...metadata }
    const print = fingerprint(readRequestBody(JSON.stringify(body)), readResponseBody(storedAnswer(answer)))
    return {
      id: told.id,
      timestampMs: Date.parse('2026-11-20') + minute * 60_000,
      domain: told.domain === undefined ? 'acme.com' : told.domain,
      conversationId: told.conversationId ?? null,
      branchId: told.branchId ?? null,
      ...(told.source && { source: told.source }),
      print,
    }
  })
}

function storedAnswer(answer: Told['answer']): string | null {
  if (answer === undefined) return null
  if (typeof answer === 'object' && 'stored' in answer) return JSON.stringify(answer.stored)
  return JSON.stringify(apiMessage(typeof answer === 'string' ? [text(answer)] : answer))
}

/** Links by id, made in the given order and in twenty shuffled ones; throws when any differs. */
export function linkInAnyOrder(requests: ThreadRequest[], byHand: ByHand = new Map()): Record<string, ThreadLink> {
  const links = linkThreads(requests, byHand)
  const expected = JSON.stringify(links)
  let seed = 1
  const random = (): number => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed
  }
  for (let i = 0; i < 20; i++) {
    const shuffled = requests
      .map((request) => ({ request, rank: random() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ request }) => request)
    if (JSON.stringify(linkThreads(shuffled, byHand)) !== expected)
      throw new Error('The links depend on the order of arrival.')
  }
  return Object.fromEntries(links.map((link) => [link.id, link]))
}
