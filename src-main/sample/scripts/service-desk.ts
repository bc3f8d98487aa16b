import { imageBlock, textBlock, toolResult, toolUse, type Block } from '../blocks'
import type { Conversation } from '../conversation'
import { drawPng } from '../pictures'
import type { SampleRequest } from '../sample-request'
import { Transcript } from '../transcript'
import { supportGrammar } from '../words/support'
import { bookingTools } from './tool-definitions'

/** A passenger writes to the airline; the assistant looks things up before it promises anything. */
export function* serviceDesk(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const speaker = conversation.speaker(supportGrammar)
  const transcript = new Transcript(conversation, {
    system: speaker.bound('instruction'),
    tools: bookingTools,
    parameters: { max_tokens: 1024, temperature: 0.3 },
    unspokenTokens: 900,
  })
  const turns = random.weighted([
    [1, 30],
    [2, 34],
    [3, 22],
    [5, 14],
  ] as const)
  for (let turn = 0; turn < turns; turn++) {
    const question = turn === 0 ? 'opening' : 'followUp'
    const [words, answer] = speaker.sayTogether(question, `${question}Answer`) as [string, string]
    const picture = turn === 0 && random.chance(0.09) ? [imageBlock(drawPng('damaged-case', random))] : []
    transcript.say(picture.length > 0 ? [...picture, textBlock(words)] : words)
    const lookups = turn === 0 ? random.integer(1, 2) : random.chance(0.3) ? 1 : 0
    for (let lookup = 0; lookup < lookups; lookup++) {
      const id = random.apiId('toolu')
      const [name, input, result] = random.pick([
        ['lookup_booking', { booking: speaker.bound('booking') }, 'bookingRecord'],
        ['find_flights', { to: speaker.bound('destination'), after: speaker.say('clock') }, 'alternatives'],
        ['read_policy', { topic: 'cancellation and damage' }, 'policy'],
        ['open_case', { booking: speaker.bound('booking'), summary: words }, 'caseRecord'],
      ] as const)
      const content: Block[] = [textBlock(speaker.say('check')), toolUse(id, name, input)]
      if (!(yield* conversation.reply(transcript, content, { stopReason: 'tool_use' }))) return
      conversation.pause(0.1, 0.9)
      transcript.say([toolResult(id, speaker.say(result))])
    }
    if (!(yield* conversation.reply(transcript, [textBlock(answer)]))) return
    conversation.pause(12, 140)
  }
}
