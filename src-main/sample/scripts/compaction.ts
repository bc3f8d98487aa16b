import { textBlock } from '../blocks'
import type { Conversation } from '../conversation'
import type { Speaker } from '../grammar'
import type { SampleRequest } from '../sample-request'
import type { Transcript } from '../transcript'
import type { CodingClient } from './coding-client'

/**
 * The context is full: the client asks for a summary and goes on with that alone. The wording of the frame is the one
 * by which such a continuation is recognised in the field. Gives the transcript to go on with.
 */
export function* compact(
  conversation: Conversation,
  client: CodingClient,
  transcript: Transcript,
  speaker: Speaker,
): Generator<SampleRequest, Transcript> {
  conversation.pause(1, 4)
  transcript.say([
    textBlock('Write a detailed summary of our work so far, so that it can be continued from the summary alone.'),
  ])
  const summary = [
    `The user works on the ${speaker.bound('service')} service. The task: ${speaker.bound('symptom')}.`,
    `Findings: ${speaker.bound('cause')}. We decided to ${speaker.bound('remedy')}.`,
    `Files touched: ${speaker.bound('sourceFile')}, ${speaker.bound('testFile')}.`,
    `Open: ${speaker.say('todo')}; ${speaker.say('todo')}.`,
  ].join('\n')
  yield transcript.answer([
    textBlock(`<analysis>\nGoing through the session in order.\n</analysis>\n\n<summary>\n${summary}\n</summary>`),
  ])
  const continued = client.open({ kind: 'continuation', parentId: transcript.lastRequestId })
  conversation.pause(1, 3)
  continued.say([
    textBlock(
      'This session is being continued from a previous conversation that ran out of context. ' +
        `The conversation is summarized below:\n${summary}\n` +
        'Please continue the conversation from where we left it off without asking the user any further questions.',
    ),
  ])
  yield continued.answer([textBlock(speaker.say('next'))])
  return continued
}
