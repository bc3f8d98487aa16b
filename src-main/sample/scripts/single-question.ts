import { keyRefused } from '../api-failures'
import { textBlock } from '../blocks'
import type { Conversation } from '../conversation'
import type { SampleRequest } from '../sample-request'
import { Transcript } from '../transcript'
import { codingGrammar } from '../words/code'
import { extractionGrammar } from '../words/extraction'

/** A program asks for data out of one text, by night and at the batch price. */
export function* extraction(conversation: Conversation): Generator<SampleRequest, void> {
  const speaker = conversation.speaker(extractionGrammar)
  const transcript = new Transcript(conversation, {
    system: [textBlock(speaker.bound('extractorInstruction'))],
    parameters: { max_tokens: 400, temperature: 0 },
    unspokenTokens: 300,
  })
  const [task, answer] = speaker.sayTogether('task', 'taskAnswer') as [string, string]
  transcript.say(task)
  const usage = { service_tier: conversation.random.chance(0.85) ? 'batch' : 'standard' }
  yield* conversation.reply(transcript, [textBlock(answer)], { usage })
}

/** One label for one message. */
export function* classification(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const speaker = conversation.speaker(extractionGrammar)
  const transcript = new Transcript(conversation, {
    ...(random.chance(0.7) && { system: speaker.bound('classifierInstruction') }),
    parameters: { max_tokens: 10, temperature: 0, ...(random.chance(0.3) && { stop_sequences: ['\n'] }) },
    requestType: random.chance(0.8) ? 'query_evaluation' : null,
  })
  const [message, label] = speaker.sayTogether('classify', 'label') as [string, string]
  transcript.say(message)
  const isStopped = random.chance(0.2)
  yield* conversation.reply(transcript, [textBlock(label)], {
    stopReason: isStopped ? 'stop_sequence' : 'end_turn',
    ...(isStopped && { message: { stop_sequence: '\n' } }),
  })
}

/** A client wants a name for what was done. */
export function* commitTitle(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const speaker = conversation.speaker(codingGrammar)
  const transcript = new Transcript(conversation, {
    system: 'Write a title of at most ten words for this change. Answer with the title alone.',
    parameters: { max_tokens: 64 },
    requestType: random.chance(0.6) ? 'query_evaluation' : 'internal_operation',
  })
  transcript.say(`${speaker.say('diffSummary')}\n\n-${speaker.say('before')}\n+${speaker.say('after')}`)
  yield* conversation.reply(transcript, [textBlock(speaker.say('commit'))])
}

/** Calls that come without a host name: quota checks, wrong keys, bodies that are no request. */
export function* probe(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const kind = random.pick(['quota', 'quota', 'wrong-key', 'no-body'])
  const transcript = new Transcript(conversation, {
    parameters: { max_tokens: 1 },
    stream: false,
    requestType: kind === 'quota' ? 'quota' : 'unknown',
  })
  transcript.say('quota')
  if (kind === 'quota') yield transcript.answer([textBlock('I')], { stopReason: 'max_tokens' })
  else if (kind === 'wrong-key') yield transcript.fail(keyRefused(random))
  else {
    // Something that scans for open servers: the proxy keeps what it could not read.
    const row = transcript.fail(keyRefused(random))
    yield {
      ...row,
      model: null,
      stream: null,
      requestType: null,
      requestBody: random.chance(0.5) ? 'null' : '{"messages":null}',
    }
  }
}
