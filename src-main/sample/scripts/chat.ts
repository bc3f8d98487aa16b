import { textBlock, type Block } from '../blocks'
import type { Conversation } from '../conversation'
import type { Grammar } from '../grammar'
import type { SampleRequest } from '../sample-request'
import { Transcript } from '../transcript'
import { think } from './thinking'

interface ChatHabits {
  grammar: Grammar
  /** Names of the first and of the later questions; their answers are called the same with `Answer` behind. */
  questions?: [first: string, later: string]
  thinks?: boolean
}

/** A person and a model talk. The client sends plain strings, or blocks with caching, as its makers chose. */
export function* chat(conversation: Conversation, habits: ChatHabits): Generator<SampleRequest, void> {
  const { random, model } = conversation
  const speaker = conversation.speaker(habits.grammar)
  const [first, later] = habits.questions ?? ['opening', 'followUp']
  const sendsBlocks = random.chance(0.3)
  const thinks = (habits.thinks ?? false) && model.thinks
  const hasInstruction = habits.grammar.has('instruction')
  const transcript = new Transcript(conversation, {
    ...(hasInstruction && { system: instruct(speaker.bound('instruction'), sendsBlocks) }),
    parameters: {
      max_tokens: thinks ? 16_000 : 2048,
      ...(thinks && { thinking: { type: 'enabled', budget_tokens: 6000 } }),
      ...(!thinks && random.chance(0.4) && { temperature: 0.7 }),
    },
    caching: sendsBlocks ? '5m' : 'none',
    unspokenTokens: sendsBlocks ? 1600 : 0,
  })
  const turns = random.weighted([
    [1, 26],
    [2, 28],
    [3, 24],
    [4, 14],
    [5, 8],
  ] as const)
  for (let turn = 0; turn < turns; turn++) {
    const question = turn === 0 ? first : later
    const [words, answer] = speaker.sayTogether(question, `${question}Answer`) as [string, string]
    transcript.say(sendsBlocks ? [textBlock(words)] : words)
    const thought = thinks && random.chance(0.7) ? think(speaker) : { blocks: [], hiddenTokens: 0 }
    const content = [...thought.blocks, textBlock(answer)]
    if (!(yield* conversation.reply(transcript, content, { hiddenOutputTokens: thought.hiddenTokens }))) return
    conversation.pause(15, random.chance(0.08) ? 1500 : 150)
  }
}

function instruct(words: string, asBlocks: boolean): string | Block[] {
  return asBlocks ? [{ ...textBlock(words), cache_control: { type: 'ephemeral' } }] : words
}
