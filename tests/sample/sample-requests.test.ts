import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { expectedConversations } from '../../src-main/sample/calendar'
import { sampleDomains } from '../../src-main/sample/domains'
import { drawPng, writePdf } from '../../src-main/sample/pictures'
import type { SampleRequest } from '../../src-main/sample/sample-request'
import { SeedRandom } from '../../src-main/sample/seed-random'
import { sampleRequests } from './sample-requests'

/** A Wednesday afternoon in UTC. */
const endMs = Date.parse('2026-11-18T15:20:00Z')
const month = [...sampleRequests(endMs, 720)]

interface Body {
  model: string
  system?: unknown
  tools?: { name: string }[]
  metadata?: { user_id: string }
  messages: { role: string; content: string | Block[] | null }[] | null
}
interface Block {
  type: string
  text?: string
  content?: unknown
  source?: { type: string; media_type?: string; data?: string }
  name?: string
  input?: { prompt?: string }
}

const bodyOf = (request: SampleRequest) => JSON.parse(request.requestBody) as Body | null
const blocksOf = (content: unknown): Block[] =>
  Array.isArray(content) ? (content as Block[]).flatMap((block) => [block, ...blocksOf(block.content)]) : []

describe('the same seed', () => {
  test('gives the same requests, word for word', () => {
    const again = [...sampleRequests(endMs, 30)]
    const first = [...sampleRequests(endMs, 30)]
    expect(first.length).toBeGreaterThan(500)
    expect(again).toEqual(first)
  })

  test('gives the same ids and times before the end in another week', () => {
    const weekMs = 7 * 24 * 3_600_000
    const offsets = (end: number) =>
      [...sampleRequests(end, 48)].map(({ id, timestampMs }) => [id, Math.round(end - timestampMs)])
    expect(offsets(endMs + weekMs)).toEqual(offsets(endMs))
  })
})

describe('a month of the sample', () => {
  test('has about twenty thousand requests in bodies of a few kilobytes', () => {
    const sizes = month.map(({ requestBody, responseBody }) => requestBody.length + (responseBody?.length ?? 0))
    const median = sizes.toSorted((a, b) => a - b)[sizes.length >> 1]
    expect(month.length).toBeGreaterThan(18_000)
    expect(month.length).toBeLessThan(23_000)
    expect(median).toBeGreaterThan(2000)
    expect(median).toBeLessThan(4500)
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(120_000_000)
  })

  test('has no id twice and only valid JSON, with every phrase spelt out', () => {
    expect(new Set(month.map(({ id }) => id)).size).toBe(month.length)
    const texts = month.flatMap(({ requestBody, responseBody }) => [requestBody, responseBody ?? 'null'])
    expect(texts.filter((text) => !isJson(text))).toEqual([])
    expect(texts.filter((text) => /\{[=^]|\[object Object/.test(text))).toEqual([])
  })

  test('has domains of very different size, and a few calls without one', () => {
    const counts = new Map<string | null, number>()
    for (const { domain } of month) counts.set(domain, (counts.get(domain) ?? 0) + 1)
    expect(counts.size).toBe(sampleDomains.length)
    expect(counts.get('agents.orbital.example')! / month.length).toBeGreaterThan(0.2)
    expect(counts.get('sandbox.brightfork.example')! / month.length).toBeLessThan(0.01)
    expect(counts.get(null)! / month.length).toBeLessThan(0.01)
  })

  test('follows office hours of each zone and rests at weekends', () => {
    const at = (name: string, iso: string) =>
      expectedConversations(
        sampleDomains.find((domain) => domain.name === name)!,
        Date.parse(iso),
      )
    const berlin = 'dev.brightfork.example'
    const pacific = 'code.pinegate.example'
    expect(at(berlin, '2026-11-18T09:30:00Z')).toBeGreaterThan(20 * at(berlin, '2026-11-18T22:30:00Z'))
    expect(at(pacific, '2026-11-18T18:30:00Z')).toBeGreaterThan(20 * at(pacific, '2026-11-18T09:30:00Z'))
    expect(at(berlin, '2026-11-18T09:30:00Z')).toBeGreaterThan(10 * at(berlin, '2026-11-21T09:30:00Z'))
    expect(at('agents.orbital.example', '2026-11-21T03:30:00Z')).toBeGreaterThan(0.5)
    expect(at('helpdesk.alnoor.example', '2026-11-22T09:30:00Z')).toBeGreaterThan(
      at('helpdesk.alnoor.example', '2026-11-20T09:30:00Z'),
    )
  })

  test('has current models, a retired one, one without a price, and none before its day', () => {
    const models = new Set(month.map(({ model }) => model))
    for (const id of ['claude-fable-5-2', 'claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5']) {
      expect(models).toContain(id)
    }
    expect(models).toContain('claude-3-5-haiku-20241022')
    expect(models).toContain('claude-aurora-preview-1112')
    expect(models).toContain(null)
    const early = month.filter((request) => request.model === 'claude-fable-5-2').map((request) => request.timestampMs)
    expect(Math.min(...early)).toBeGreaterThan(Date.parse('2026-11-09'))
  })

  test('stores answers in every shape', () => {
    const shapes = new Set(month.map(shapeOf))
    expect([...shapes].toSorted()).toEqual(
      [
        'api error',
        'array of events',
        'chunk rows',
        'chunks of events',
        'chunks of text',
        'error text',
        'event text',
        'flattened',
        'json text',
        'message',
        'message with Bedrock metrics',
        'none',
        'text only',
      ].toSorted(),
    )
  })

  test('has every kind of block in requests and answers', () => {
    const kinds = new Set<string>()
    for (const request of month) {
      for (const { content } of bodyOf(request)?.messages ?? [])
        for (const block of blocksOf(content)) kinds.add(block.type)
      if (shapeOf(request) === 'message') {
        for (const block of blocksOf(JSON.parse(request.responseBody!).content)) kinds.add(block.type)
      }
    }
    for (const kind of [
      'text',
      'image',
      'document',
      'search_result',
      'thinking',
      'redacted_thinking',
      'tool_use',
      'tool_result',
      'server_tool_use',
      'web_search_tool_result',
      'web_fetch_tool_result',
      'code_execution_tool_result',
      'bash_code_execution_tool_result',
      'text_editor_code_execution_tool_result',
      'tool_search_tool_result',
      'container_upload',
      'mcp_tool_use',
      'mcp_tool_result',
      'compaction',
      'fallback',
    ]) {
      expect(kinds).toContain(kind)
    }
  })

  test('ends answers in every way', () => {
    const reasons = new Set(
      month
        .filter((request) => shapeOf(request) === 'message')
        .map(({ responseBody }) => JSON.parse(responseBody!).stop_reason),
    )
    for (const reason of [
      'end_turn',
      'tool_use',
      'max_tokens',
      'stop_sequence',
      'pause_turn',
      'refusal',
      'model_context_window_exceeded',
    ]) {
      expect(reasons).toContain(reason)
    }
  })

  test('reads and writes both kinds of cache, and reads what was written before', () => {
    const usages = month
      .filter((request) => shapeOf(request) === 'message')
      .map(({ responseBody }) => JSON.parse(responseBody!).usage)
    const sum = (pick: (usage: Record<string, never>) => number | undefined) =>
      usages.reduce((total, usage) => total + (pick(usage) ?? 0), 0)
    const read = sum((usage) => usage['cache_read_input_tokens'])
    const fiveMinutes = sum((usage) => usage['cache_creation']?.['ephemeral_5m_input_tokens'])
    const hour = sum((usage) => usage['cache_creation']?.['ephemeral_1h_input_tokens'])
    expect(fiveMinutes).toBeGreaterThan(0)
    expect(hour).toBeGreaterThan(0)
    expect(read).toBeGreaterThan(5 * (fiveMinutes + hour))
  })

  test('has nulls where a proxy leaves them', () => {
    const someWith = (field: keyof SampleRequest) => month.some((request) => request[field] === null)
    for (const field of [
      'domain',
      'model',
      'inputTokens',
      'outputTokens',
      'responseBody',
      'responseTimeMs',
      'stream',
      'requestType',
    ] as const) {
      expect([field, someWith(field)]).toEqual([field, true])
    }
  })

  test('has a few bodies of one to five megabytes, one of them in the last day', () => {
    const large = month.filter(({ largeText, requestBody }) => largeText !== null || requestBody.length > 1_000_000)
    expect(large.length).toBeGreaterThan(5)
    expect(large.length).toBeLessThan(20)
    expect(large.some(({ timestampMs }) => timestampMs > endMs - 24 * 3_600_000)).toBe(true)
  })
})

describe('threads', () => {
  const byId = new Map(month.map((request) => [request.id, request]))

  test('name parents that are there, are earlier and belong to the same conversation', () => {
    for (const request of month) {
      const { parentId, kind, conversationId } = request.thread
      if (parentId === null) expect(kind).toBe('start')
      else {
        const parent = byId.get(parentId)!
        expect(parent.timestampMs).toBeLessThanOrEqual(request.timestampMs)
        expect(parent.thread.conversationId).toBe(conversationId)
      }
    }
  })

  test('are of every kind', () => {
    expect([...new Set(month.map(({ thread }) => thread.kind))].toSorted()).toEqual([
      'branch',
      'continuation',
      'retry',
      'start',
      'sub-task',
      'turn',
    ])
  })

  test('repeat the messages of their parent, then its answer, then something new', () => {
    let turns = 0
    const wrong: string[] = []
    const known = new Map<string, string[]>()
    const textsOf = (id: string) => {
      if (!known.has(id)) known.set(id, texts(byId.get(id)!))
      return known.get(id)!
    }
    for (const request of month) {
      if (request.thread.kind !== 'turn' && request.thread.kind !== 'branch') continue
      const before = textsOf(request.thread.parentId!)
      const now = textsOf(request.id)
      const repeats = before.every((text, index) => text === now[index])
      if (!repeats || !now[before.length]?.startsWith('assistant')) wrong.push(request.id)
      turns++
    }
    expect(wrong).toEqual([])
    expect(turns).toBeGreaterThan(10_000)
  })

  test('retries repeat their parent, sub-tasks begin with the prompt that their parent gave to a tool', () => {
    for (const request of month) {
      const parent = byId.get(request.thread.parentId ?? '')
      if (request.thread.kind === 'retry') expect(texts(request)).toEqual(texts(parent!))
      if (request.thread.kind !== 'sub-task' || shapeOf(parent!) !== 'message') continue
      const prompts = blocksOf(JSON.parse(parent!.responseBody!).content).map(({ input }) => input?.prompt)
      expect(prompts).toContain(blocksOf(bodyOf(request)!.messages![0]!.content)[0]!.text)
    }
  })

  test('continuations hold the summary of their parent', () => {
    const continuations = month.filter(
      ({ thread }) => thread.kind === 'continuation' && shapeOf(byId.get(thread.parentId!)!) === 'message',
    )
    expect(continuations.length).toBeGreaterThan(3)
    for (const request of continuations) {
      const answer = blocksOf(JSON.parse(byId.get(request.thread.parentId!)!.responseBody!).content)[0]!.text!
      const summary = /<summary>\n([^]*)\n<\/summary>/.exec(answer)![1]!
      expect(blocksOf(bodyOf(request)!.messages![0]!.content)[0]!.text).toContain(summary)
    }
  })
})

describe('pictures and papers', () => {
  test('a PNG has sound chunks and as many bytes of pixels as its header says', () => {
    const png = drawPng('bar-chart', new SeedRandom('picture'))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    const data: Buffer[] = []
    let header: Buffer | null = null
    for (let at = 8; at < png.length;) {
      const length = png.readUInt32BE(at)
      const type = png.subarray(at + 4, at + 8).toString()
      const body = png.subarray(at + 8, at + 8 + length)
      if (type === 'IHDR') header = body
      if (type === 'IDAT') data.push(body)
      at += 12 + length
    }
    const [width, height] = [header!.readUInt32BE(0), header!.readUInt32BE(4)]
    expect(inflateSync(Buffer.concat(data)).length).toBe(height * (1 + 3 * width))
  })

  test('a PDF points to where its objects are', () => {
    const pdf = writePdf(['Lease (draft)', 'Clause 1']).toString('latin1')
    const table = Number(/startxref\n(\d+)/.exec(pdf)![1])
    expect(pdf.slice(table, table + 4)).toBe('xref')
    const offsets = [...pdf.slice(table).matchAll(/(\d{10}) 00000 n/g)].map(([, offset]) => Number(offset))
    expect(offsets.map((offset) => pdf.slice(offset, offset + 5))).toEqual(
      offsets.map((_, index) => `${index + 1} 0 o`),
    )
  })
})

/** Role and text of every message as a reader sees them: without cache marks and reminders. */
function texts(request: SampleRequest): string[] {
  return bodyOf(request)!.messages!.map(({ role, content }) => {
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])
    const kept = blocks
      .filter(({ text }) => !text?.startsWith('<system-reminder>'))
      .map((block) => ({ ...block, cache_control: undefined }))
    return `${role} ${JSON.stringify(kept)}`
  })
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function shapeOf({ responseBody, streamChunks }: SampleRequest): string {
  if (streamChunks.length > 0) return 'chunk rows'
  if (responseBody === null) return 'none'
  const body = JSON.parse(responseBody)
  if (typeof body === 'string') return body.startsWith('event:') ? 'event text' : 'json text'
  if (Array.isArray(body)) return 'array of events'
  if (body.chunks) return typeof body.chunks[0] === 'string' ? 'chunks of text' : 'chunks of events'
  if (body.type === 'error') return 'api error'
  if (body.error) return 'error text'
  if (body.amazon_bedrock_invocationMetrics) return 'message with Bedrock metrics'
  if (body.type === 'message') return typeof body.content === 'string' ? 'flattened' : 'message'
  return 'content' in body ? 'text only' : 'something else'
}
