import { pdfBlock, textBlock, type Block } from '../blocks'
import type { Conversation } from '../conversation'
import { writePdf } from '../pictures'
import type { SampleRequest } from '../sample-request'
import { Transcript } from '../transcript'
import { legalGrammar } from '../words/legal'
import { think } from './thinking'

/** A contract is read with citations: as a PDF, or as plain text. */
export function* documentReview(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const speaker = conversation.speaker(legalGrammar)
  const title = `${speaker.bound('contract')} ${speaker.bound('party')} and ${speaker.bound('counterparty')}`
  const lines = Array.from({ length: random.integer(8, 16) }, () => speaker.say('pageLine'))
  const isPdf = random.chance(0.65)
  const document: Block = isPdf
    ? pdfBlock(writePdf([title, '', ...lines]), title)
    : {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: lines.join('\n') },
        title,
        citations: { enabled: true },
      }
  const transcript = new Transcript(conversation, {
    system: speaker.bound('instruction'),
    parameters: { max_tokens: 6000, thinking: { type: 'enabled', budget_tokens: 5000 } },
    caching: random.chance(0.5) ? '5m' : 'none',
    unspokenTokens: random.integer(4000, 38_000),
  })
  const turns = random.weighted([
    [1, 34],
    [2, 34],
    [4, 32],
  ] as const)
  for (let turn = 0; turn < turns; turn++) {
    const question = turn === 0 ? 'opening' : 'followUp'
    const [words, answer] = speaker.sayTogether(question, `${question}Answer`) as [string, string]
    transcript.say(turn === 0 ? [document, textBlock(words)] : [textBlock(words)])
    const thought = random.chance(0.6) ? think(speaker) : { blocks: [], hiddenTokens: 0 }
    const quoted = random.integer(0, lines.length - 1)
    const cited = lines[quoted]!
    const place = isPdf
      ? { type: 'page_location', start_page_number: 1, end_page_number: 2 }
      : { type: 'char_location', ...charRange(lines, quoted) }
    const citation = { ...place, cited_text: cited, document_index: 0, document_title: title }
    const content: Block[] = [
      ...thought.blocks,
      { type: 'text', text: `The words that matter are these: "${cited}"`, citations: [citation] },
      textBlock(`\n\n${answer}`),
    ]
    const options = {
      hiddenOutputTokens: thought.hiddenTokens,
      ...(random.chance(0.3) && { usage: { inference_geo: 'us' } }),
    }
    if (!(yield* conversation.reply(transcript, content, options))) return
    conversation.pause(60, 600)
  }
}

function charRange(lines: readonly string[], index: number): { start_char_index: number; end_char_index: number } {
  const start = lines.slice(0, index).join('\n').length + (index > 0 ? 1 : 0)
  return { start_char_index: start, end_char_index: start + lines[index]!.length }
}
