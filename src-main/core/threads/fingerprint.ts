import type { ContentBlock, Message } from '../../contract/conversations'
import type { NormalRequest } from '../bodies/read-request-body'
import type { NormalResponse } from '../bodies/read-response-body'
import { isObject } from '../bodies/json-values'
import { withoutReminders } from '../bodies/last-user-text'
import { createHash } from './create-hash'
import { hashAnswer, hashPrompt, hashStart } from './loose-hash'
import { hashMessage } from './message-hash'

/** What threading keeps of a request's bodies: numbers alone, so that they need be read but once. */
export interface Fingerprint {
  /** After each message that said something, the hash of the list so far. The last one stands for the whole list. */
  prefixes: number[]
  /** Beside each of `prefixes`: the loose hash of that message if the assistant said it, else 0. */
  answers: number[]
  /** The same of the stored answer; 0 while there is none, or none that is whole. */
  answer: number
  /** Whether an answer equal to this one can hardly be chance; false where there is none. */
  isAnswerTelling: boolean
  sessionId: string | null
  /** Of the system prompt's beginning; 0 for none. */
  system: number
  /** Of the first user message; 0 for none. */
  firstPrompt: number
  /** Prompts that the answer gave to sub-agents. */
  tasks: { toolUseId: string; prompt: number }[]
  /** Of the summary that the first message carries on from; 0 where it does not. */
  continuedSummary: number
  /** Of the answer read as such a summary; 0 where it is too short to be one. */
  summary: number
}

/** Fixed, for the continued session goes on behind the summary; a shorter one is no summary. */
const summaryLength = { least: 100, most: 100 }
const systemLength = { least: 1, most: 200 }
const agentTools = new Set(['Task', 'Agent'])

/** The fingerprint of a request and its answer. */
export function fingerprint(request: NormalRequest, response: NormalResponse): Fingerprint {
  const { prefixes, answers } = hashMessages(request.messages)
  const blocks = isWhole(response) ? (response.answer.message?.blocks ?? []) : []
  const answer = hashAnswer(blocks)
  const first = request.messages.find(({ role }) => role === 'user')
  const firstText = first === undefined ? '' : textOf(first.blocks)
  return {
    prefixes,
    answers,
    answer: answer.hash,
    isAnswerTelling: answer.isTelling,
    sessionId: request.sessionId,
    system: hashStart(withoutBilling(textOf(request.system)), systemLength),
    firstPrompt: hashPrompt([firstText]),
    tasks: blocks.flatMap(readTask),
    continuedSummary: hashContinuedSummary(firstText),
    summary: hashStart(summaryOf(textOf(blocks)), summaryLength),
  }
}

/** Whether the answer came to its end: what the client has of one that was cut is not what is stored. */
function isWhole({ answer: { shape, error, stopReason } }: NormalResponse): boolean {
  // These shapes never keep a stop reason.
  return error === null && (stopReason !== null || shape === 'flattened-stream' || shape === 'text-only')
}

/** System messages in the middle come and go between turns, as reminders do, and are left out. */
function hashMessages(messages: readonly Message[]): Pick<Fingerprint, 'prefixes' | 'answers'> {
  const prefixes: number[] = []
  const answers: number[] = []
  let before = 0
  for (const { role, blocks } of messages) {
    const own = role === 'system' ? null : hashMessage(role, blocks)
    if (own === null) continue
    before = createHash().addNumber(before).addNumber(own).value()
    prefixes.push(before)
    answers.push(role === 'assistant' ? hashAnswer(blocks).hash : 0)
  }
  return { prefixes, answers }
}

function readTask(block: ContentBlock): Fingerprint['tasks'] {
  if (block.kind !== 'tool-use' || !agentTools.has(block.name) || !isObject(block.input)) return []
  const { prompt } = block.input
  return typeof prompt === 'string' && prompt !== '' ? [{ toolUseId: block.id, prompt: hashPrompt([prompt]) }] : []
}

/** Claude Code opens a continued session with this sentence, then the summary of the session before. */
const continued = 'This session is being continued from a previous conversation'

function hashContinuedSummary(firstText: string): number {
  const at = firstText.indexOf(continued)
  if (at < 0) return 0
  const rest = firstText.slice(at)
  const marker = /\n[ \t]{0,8}Summary:|summarized below:/.exec(rest)
  return marker ? hashStart(summaryOf(rest.slice(marker.index + marker[0].length)), summaryLength) : 0
}

/** The summary proper of a summariser's answer, which has its analysis before it. */
function summaryOf(text: string): string {
  const opened = text.indexOf('<summary>')
  if (opened >= 0) return text.slice(opened + '<summary>'.length)
  const named = /^\s{0,8}Analysis:/.test(text) ? /\n[ \t]{0,8}Summary:/.exec(text) : null
  return named ? text.slice(named.index + named[0].length) : text
}

/** A line that changes with every call of Claude Code. */
function withoutBilling(system: string): string {
  return system.replace(/^x-anthropic-billing-header:.*$/m, '')
}

function textOf(blocks: readonly ContentBlock[]): string {
  const texts = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))
  return withoutReminders(texts.join('\n'))
}
