import type { ContentBlock } from '../../contract/conversations'
import type { TranscriptRequest } from './transcript'

/** One piece of a transcript, for any format: a text with what it is, or a picture. */
export type TranscriptPiece =
  | { kind: 'heading'; level: 2 | 3; text: string }
  | { kind: 'facts'; text: string }
  | { kind: 'text'; text: string }
  /** `title` names what is within; it is read when it is wanted. */
  | { kind: 'aside'; title: string; text: string }
  | { kind: 'picture'; mediaType: string; data: string }

/** The pieces of one request in reading order. Nothing of it is left out; what has no words is JSON. */
export function transcriptPieces(request: TranscriptRequest): TranscriptPiece[] {
  const { answer } = request
  const pieces: TranscriptPiece[] = [
    { kind: 'heading', level: 2, text: title(request) },
    { kind: 'facts', text: facts(request) },
  ]
  const aside = (name: string, value: unknown): void =>
    void pieces.push({ kind: 'aside', title: name, text: json(value) })
  if (request.system?.length)
    pieces.push({ kind: 'heading', level: 3, text: 'System prompt' }, ...request.system.flatMap(blockPieces))
  if (request.tools?.length) aside(`Tools (${request.tools.length})`, request.tools)
  if (Object.keys(request.parameters).length > 0) aside('Parameters', request.parameters)
  if (request.messagesBefore > 0) {
    pieces.push({ kind: 'facts', text: `The first ${request.messagesBefore} messages stand above already.` })
  }
  for (const message of request.messages) {
    pieces.push({ kind: 'heading', level: 3, text: roleName(message.role) }, ...message.blocks.flatMap(blockPieces))
  }
  pieces.push({ kind: 'heading', level: 3, text: 'Answer' })
  if (answer.error) pieces.push({ kind: 'text', text: `Error: ${answer.error.type}\n${answer.error.message}` })
  if (answer.refusal) {
    const { category, explanation } = answer.refusal
    pieces.push({ kind: 'text', text: ['Refused', category, explanation].filter(Boolean).join(': ') })
  }
  if (answer.message) pieces.push(...answer.message.blocks.flatMap(blockPieces))
  else if (!answer.error) pieces.push({ kind: 'facts', text: 'No answer is stored.' })
  const end = [...answer.notes, ...(answer.stopReason ? [`Stop reason: ${answer.stopReason}`] : [])]
  if (end.length > 0) pieces.push({ kind: 'facts', text: end.join(' ') })
  return pieces
}

function blockPieces(block: ContentBlock): TranscriptPiece[] {
  switch (block.kind) {
    case 'text':
      return [
        { kind: 'text', text: block.text },
        ...(block.citations?.length
          ? [{ kind: 'aside' as const, title: 'Citations', text: json(block.citations) }]
          : []),
      ]
    case 'thinking':
      return block.text === ''
        ? [
            {
              kind: 'facts',
              text: block.redacted ? 'Thinking, encrypted by the API.' : 'Thinking, left out of the answer.',
            },
          ]
        : [{ kind: 'aside', title: 'Thinking', text: block.text }]
    case 'tool-use':
      return [{ kind: 'aside', title: `Tool call: ${block.name}`, text: json(block.input) }]
    case 'tool-result': {
      const name = block.isError ? 'Tool result: error' : 'Tool result'
      const others = (block.content as ContentBlock[]).flatMap(blockPieces)
      return [...(block.text === '' ? [] : [{ kind: 'aside' as const, title: name, text: block.text }]), ...others]
    }
    case 'image':
      return block.data !== null && block.mediaType !== null
        ? [{ kind: 'picture', mediaType: block.mediaType, data: block.data }]
        : [{ kind: 'facts', text: `Image: ${block.reference ?? 'not stored'}` }]
    case 'document':
      return [
        {
          kind: 'aside',
          title: `Document: ${block.title ?? 'without a title'}`,
          text: [block.context, block.reference, block.text].filter(Boolean).join('\n\n'),
        },
      ]
    default:
      return [
        { kind: 'aside', title: `Block: ${block.kind === 'unknown' ? block.wireType : 'unknown'}`, text: json(block) },
      ]
  }
}

function title({ turn, kind, model }: TranscriptRequest): string {
  const place = turn === null ? 'Request' : `Turn ${turn}`
  return [place, kind && kind !== 'turn' && kind !== 'start' ? `(${kind})` : '', model ? `to ${model}` : '']
    .filter(Boolean)
    .join(' ')
}

function facts(request: TranscriptRequest): string {
  const count = (value: number | null, name: string): string => (value === null ? '' : `${value} ${name}`)
  return [
    request.timestamp,
    request.domain ?? '',
    count(request.inputTokens, 'tokens in'),
    count(request.outputTokens, 'out'),
    count(request.cacheReadTokens, 'read from the cache'),
    count(request.cacheWriteTokens, 'written to the cache'),
    request.costUsd === null ? '' : `$${request.costUsd.toFixed(6)}`,
    request.responseTimeMs === null ? '' : `${request.responseTimeMs} ms`,
    request.id,
  ]
    .filter(Boolean)
    .join(' · ')
}

const roles: Record<string, string> = { user: 'User', assistant: 'Assistant', system: 'System' }
const roleName = (role: string): string => (Object.hasOwn(roles, role) ? (roles[role] ?? role) : role)
const json = (value: unknown): string => JSON.stringify(value, null, 2) ?? 'null'
