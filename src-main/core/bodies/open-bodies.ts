import type { ContentBlock, Message } from '../../contract/conversations'
import type { StoredBodies } from '../ports'
import { weighPrompt, type PromptWeights } from './apportion-tokens'
import { isObject } from './json-values'
import { lastUserTextOf } from './last-user-text'
import { readRequestBody, type NormalRequest } from './read-request-body'
import { readResponseBody, type NormalResponse } from './read-response-body'

/** The messages of a request from `from` on, up to where they were asked for. */
export interface OpenedPage {
  messages: Message[]
  from: number
  total: number
  /** Of the whole prompt, whatever the page shows of it. */
  weights: PromptWeights
}

/** Both bodies of a request in normal form, with as much of its messages as was asked for. */
export interface OpenedBodies {
  request: Omit<NormalRequest, 'messages'>
  page: OpenedPage
  response: NormalResponse
  /** The last words of the user; null where no request body is stored. */
  preview: string | null
  /** Characters of the stored texts. */
  rawSize: { request: number; response: number }
}

/** Both bodies read whole: what pages are cut from. */
export interface WholeBodies {
  normal: NormalRequest
  response: NormalResponse
  weights: PromptWeights
  rawSize: OpenedBodies['rawSize']
  hasRequest: boolean
}

export function readWhole({ request, response }: StoredBodies): WholeBodies {
  const normal = readRequestBody(request)
  return {
    normal,
    response: readResponseBody(response),
    weights: weighPrompt(normal),
    rawSize: { request: request?.length ?? 0, response: response?.length ?? 0 },
    hasRequest: request !== null,
  }
}

/** The newest messages before `before` (all of them at the end) of about so many characters, at least one. */
export function cutPage(whole: WholeBodies, want: { before?: number; characters?: number }): OpenedPage {
  const { messages } = whole.normal
  const to = Math.min(want.before ?? messages.length, messages.length)
  let from = to
  let left = want.characters ?? Infinity
  while (from > 0) {
    const message = messages[from - 1]
    left -= message ? charactersOf(message) : 0
    if (left < 0 && from < to) break
    from--
  }
  return { messages: messages.slice(from, to), from, total: messages.length, weights: whole.weights }
}

export function openWhole(whole: WholeBodies, want: { characters?: number } = {}): OpenedBodies {
  const { messages, ...request } = whole.normal
  return {
    request,
    page: cutPage(whole, want),
    response: whole.response,
    preview: whole.hasRequest ? lastUserTextOf(messages.map(asStored)) : null,
    rawSize: whole.rawSize,
  }
}

export function openBodies(bodies: StoredBodies, want: { characters?: number } = {}): OpenedBodies {
  return openWhole(readWhole(bodies), want)
}

/** A message of the normal form as the API would have it, as far as its plain text goes. */
function asStored({ role, blocks }: Message): unknown {
  const texts = blocks.flatMap((block: ContentBlock) => (block.kind === 'text' ? [block] : []))
  return { role, content: texts.map(({ text }) => ({ type: 'text', text })) }
}

/** Characters of all texts in a message: what it takes to send and to show. */
function charactersOf(message: Message): number {
  let characters = 0
  const open: unknown[] = [message.blocks]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') characters += value.length
    else if (Array.isArray(value)) for (const item of value) open.push(item)
    else if (isObject(value)) for (const key of Object.keys(value)) open.push(value[key])
    else characters += 4
  }
  return characters
}
