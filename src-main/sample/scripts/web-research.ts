import { textBlock, type Block } from '../blocks'
import type { Conversation } from '../conversation'
import type { Speaker } from '../grammar'
import type { SampleRequest } from '../sample-request'
import { Transcript } from '../transcript'
import { researchGrammar } from '../words/research'

/** A question that the model answers by searching the web itself, with citations; long searches pause and go on. */
export function* webResearch(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const speaker = conversation.speaker(researchGrammar)
  const transcript = new Transcript(conversation, {
    system: speaker.bound('instruction'),
    tools: JSON.stringify([
      { type: 'web_search_20250305', name: 'web_search', max_uses: 5 },
      { type: 'web_fetch_20250910', name: 'web_fetch', max_uses: 3 },
    ]),
    parameters: { max_tokens: 4096 },
    unspokenTokens: 2400,
  })
  const turns = random.integer(1, 3)
  for (let turn = 0; turn < turns; turn++) {
    const question = turn === 0 ? 'opening' : 'followUp'
    const [words, answer] = speaker.sayTogether(question, `${question}Answer`) as [string, string]
    transcript.say(words)
    const searches = random.integer(1, 3)
    const found = Array.from({ length: searches }, () => search(speaker))
    const blocks = found.flatMap(({ blocks }) => blocks)
    const usage = (fetches: number) => ({
      server_tool_use: { web_search_requests: searches, web_fetch_requests: fetches },
    })
    if (random.chance(0.12)) {
      // The API hands back a long turn in the middle; the client sends it again as it is.
      yield transcript.answer(blocks, { stopReason: 'pause_turn', usage: usage(0) })
      if (!(yield* conversation.reply(transcript, conclusion(speaker, found, answer)))) return
    } else {
      const fetched = random.chance(0.25) ? fetchPage(speaker, conversation.clock.nowMs) : []
      const content = [...blocks, ...fetched, ...conclusion(speaker, found, answer)]
      if (!(yield* conversation.reply(transcript, content, { usage: usage(fetched.length > 0 ? 1 : 0) }))) return
    }
    conversation.pause(40, 400)
  }
}

interface Found {
  blocks: Block[]
  sources: { title: string; url: string; encrypted_index: string }[]
}

function search(speaker: Speaker): Found {
  const { random } = speaker
  const id = random.apiId('srvtoolu')
  const sources = Array.from({ length: random.integer(2, 4) }, () => {
    const title = speaker.say('sourceTitle')
    return {
      title,
      url: `https://papers.example/${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
      encrypted_index: random.base64(60),
    }
  })
  const failed = random.chance(0.05)
  const results = sources.map(({ title, url }) => ({
    type: 'web_search_result',
    title,
    url,
    encrypted_content: random.base64(90),
    page_age: `${speaker.say('month')} 2025`,
  }))
  return {
    sources: failed ? [] : sources,
    blocks: [
      textBlock('I will look for recent reviews first.'),
      { type: 'server_tool_use', id, name: 'web_search', input: { query: speaker.say('query') } },
      {
        type: 'web_search_tool_result',
        tool_use_id: id,
        content: failed ? { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' } : results,
      },
    ],
  }
}

function fetchPage(speaker: Speaker, nowMs: number): Block[] {
  const id = speaker.random.apiId('srvtoolu')
  const url = 'https://papers.example/open-data'
  return [
    { type: 'server_tool_use', id, name: 'web_fetch', input: { url } },
    {
      type: 'web_fetch_tool_result',
      tool_use_id: id,
      content: {
        type: 'web_fetch_result',
        url,
        content: {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: `${speaker.say('quote')} ${speaker.say('quote')}` },
          title: speaker.say('sourceTitle'),
        },
        retrieved_at: new Date(nowMs).toISOString(),
      },
    },
  ]
}

function conclusion(speaker: Speaker, found: readonly Found[], answer: string): Block[] {
  const sources = found.flatMap(({ sources }) => sources).slice(0, 3)
  return [
    ...sources.map((source): Block => ({
      type: 'text',
      text: `${speaker.say('finding')} `,
      citations: [{ type: 'web_search_result_location', cited_text: speaker.say('quote'), ...source }],
    })),
    textBlock(`\n\n${answer}`),
  ]
}
