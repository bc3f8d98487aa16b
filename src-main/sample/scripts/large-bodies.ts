import { invalidRequest } from '../api-failures'
import { imageBlock, textBlock } from '../blocks'
import type { Conversation } from '../conversation'
import { drawPng } from '../pictures'
import type { SampleRequest } from '../sample-request'
import { Transcript } from '../transcript'
import { operationsGrammar } from '../words/operations'

/** Somebody pastes a log of one to two megabytes and asks about it twice. */
export function* largeLog(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const speaker = conversation.speaker(operationsGrammar)
  const largeText = { lines: random.integer(10_000, 19_000) }
  const transcript = new Transcript(conversation, {
    system: speaker.bound('instruction'),
    caching: '5m',
    unspokenTokens: largeText.lines * 29,
  })
  const [trigger, report] = speaker.sayTogether('trigger', 'report') as [string, string]
  transcript.say([textBlock(`${trigger}\n\nThe log of that night follows.`), textBlock('')])
  if (!(yield* conversation.reply(transcript, [textBlock(report)], { largeText }))) return
  conversation.pause(60, 200)
  transcript.say([textBlock('Which worker failed first?')])
  yield* conversation.reply(
    transcript,
    [
      textBlock(
        'Worker 2, about four minutes before the others. Its lease was gone before the first time-out, so the lock came first and the slow calls are its result.',
      ),
    ],
    { largeText },
  )
}

/** The same with five megabytes, which no model takes. */
export function* logTooLarge(conversation: Conversation): Generator<SampleRequest, void> {
  const { random, model } = conversation
  const largeText = { lines: random.integer(44_000, 49_000) }
  const transcript = new Transcript(conversation, {})
  transcript.say([textBlock('Find the first error in this log.'), textBlock('')])
  const tokens = largeText.lines * 29
  yield transcript.fail(
    invalidRequest(random, `prompt is too long: ${tokens} tokens > ${model.contextTokens} maximum`),
    largeText,
  )
}

/** A picture that was never compressed. */
export function* largeImage(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const transcript = new Transcript(conversation, { parameters: { max_tokens: 600 } })
  const picture = drawPng('damaged-case', random, { width: 760, height: 540, level: 0 })
  transcript.say([imageBlock(picture), textBlock('Is the damage on this case new, or was it there before the flight?')])
  yield transcript.answer([
    textBlock(
      'The crack runs from the middle to the lower right and its edges are bright, so it is recent. ' +
        'The rubbed corners are older. I would accept the crack and leave the corners out.',
    ),
  ])
}
