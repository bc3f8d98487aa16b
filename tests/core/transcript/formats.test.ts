import { marked } from 'marked'
import { describe, expect, test } from 'vitest'
import prices from '../../../resources/claude-prices.json'
import { openBodies } from '../../../src-main/core/bodies/open-bodies'
import { buildRequestDetail } from '../../../src-main/core/bodies/request-detail'
import { createLedger } from '../../../src-main/core/pricing/create-ledger'
import { toHtml } from '../../../src-main/core/transcript/to-html'
import { toMarkdown } from '../../../src-main/core/transcript/to-markdown'
import { rememberRequest, toTranscriptRequest } from '../../../src-main/core/transcript/transcript'
import { transcriptPieces } from '../../../src-main/core/transcript/transcript-text'
import { attackCorpus } from '../../attack/attack-corpus'
import { makeRow } from '../../rpc/fake-app'

const ledger = createLedger(prices)
const detailOf = (request: unknown, response: unknown) =>
  buildRequestDetail({
    row: makeRow(),
    usage: null,
    opened: openBodies({ request: JSON.stringify(request), response: JSON.stringify(response) }),
    ledger,
    readFrom: 'replica',
    readAt: '2026-11-24T00:00:00.000Z',
  })
const answer = (text: string) => ({ type: 'message', role: 'assistant', content: [{ type: 'text', text }] })
const user = (content: string) => ({ role: 'user', content })

test('a request holds what is new in it: not what was said before, and not the answer that was given', () => {
  const first = detailOf({ system: 'Be brief.', messages: [user('One')] }, answer('First.'))
  const messages = [user('One'), { role: 'assistant', content: 'First.' }, user('Two')]
  const second = detailOf({ system: 'Be brief.', messages }, answer('Second.'))
  const changed = detailOf({ system: 'Be long.', messages: messages.toSpliced(1, 1, user('Edited')) }, null)
  const textsOf = (request: ReturnType<typeof toTranscriptRequest>) =>
    request.messages.flatMap(({ blocks }) => blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])))
  const begin = toTranscriptRequest(first, null, null)
  expect([begin.system?.length, begin.messagesBefore, textsOf(begin)]).toEqual([1, 0, ['One']])
  const next = toTranscriptRequest(second, null, rememberRequest(first))
  expect([next.system, next.messagesBefore, textsOf(next)]).toEqual([null, 2, ['Two']])
  const edit = toTranscriptRequest(changed, null, rememberRequest(second))
  expect([edit.system?.length, edit.messagesBefore, textsOf(edit)]).toEqual([1, 1, ['Edited', 'Two']])
})

describe.each(attackCorpus('https://probe.example').slice(0, 7))('hostile: $name', ({ request, response }) => {
  const pieces = transcriptPieces(toTranscriptRequest(detailOf(request, response), { kind: 'turn', turn: 1 }, null))

  test('is a page of text and pictures, with a policy that allows nothing else', () => {
    const html = toHtml('title <x>', pieces, 'HASH')
    expect(html).toContain("default-src 'none'; img-src data:; style-src 'sha256-HASH'")
    const names = [...html.matchAll(/<\/?([a-z][\w-]*)/gi)].map((match) => match[1]?.toLowerCase())
    const allowed = [
      'html',
      'head',
      'meta',
      'title',
      'style',
      'body',
      'h1',
      'h2',
      'h3',
      'p',
      'pre',
      'details',
      'summary',
      'span',
      'img',
    ]
    expect([...new Set(names)].filter((name) => !allowed.includes(name ?? ''))).toEqual([])
    expect(
      html.match(/<img alt="Picture" src="data:image\/(?:png|jpeg|gif|webp);base64,[\w+/=]*">/g)?.length ?? 0,
    ).toBe(html.match(/<img/g)?.length ?? 0)
    expect(html).not.toMatch(/<[^>]*\s(?:on\w+|href|srcset|style)=/i)
    // eslint-disable-next-line no-control-regex
    expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\x1b\0]/)
  })

  test('is Markdown in which no text is markup, a picture or a link that acts', () => {
    const rendered: string[] = []
    const renderer = new marked.Renderer()
    const note = (kind: string, what: string): string => {
      rendered.push(`${kind} ${what}`)
      return ''
    }
    renderer.html = ({ text }) => note('html', text)
    renderer.image = ({ href }) => note('image', href)
    renderer.link = ({ href }) => (/^(?:https?|mailto):/.test(href) ? '' : note('link', href))
    marked(toMarkdown(pieces), { renderer })
    expect(rendered).toEqual([])
  })
})
