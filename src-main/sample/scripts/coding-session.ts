import { imageBlock, textBlock, toolResult, toolUse, type Block } from '../blocks'
import type { Conversation } from '../conversation'
import type { Speaker } from '../grammar'
import { drawPng } from '../pictures'
import type { SampleRequest } from '../sample-request'
import type { Transcript } from '../transcript'
import { codingGrammar } from '../words/code'
import { CodingClient } from './coding-client'
import { chooseTool, useTool, type ToolStep } from './coding-tools'
import { compact } from './compaction'
import { think } from './thinking'

/** An afternoon with a coding client: tasks, each a loop of tools; sub-agents, second thoughts, a full context. */
export function* codingSession(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const speaker = conversation.speaker(codingGrammar)
  const client = new CodingClient(conversation, speaker)
  speaker.bindTogether('symptom', 'cause', 'remedy')
  let transcript = client.open()
  const tasks = random.weighted([
    [1, 52],
    [2, 27],
    [3, 14],
    [5, 7],
  ] as const)
  for (let task = 0; task < tasks; task++) {
    if (task !== 0) conversation.pause(25, random.chance(0.1) ? 2400 : 320)
    const lengthBefore = transcript.length
    const [words, summary] = nextTask(speaker, task === 0)
    transcript.say(firstWords(conversation, speaker, words))
    if (!(yield* workOn(conversation, client, transcript, speaker, summary))) return
    if (task > 0 && random.chance(0.15)) {
      // The user goes back to the answer before and asks for something else: a branch.
      conversation.pause(40, 200)
      transcript.rewind(transcript.length - lengthBefore)
      const [otherWords, otherSummary] = nextTask(speaker, false)
      transcript.say([textBlock(otherWords)])
      if (!(yield* workOn(conversation, client, transcript, speaker, otherSummary))) return
    }
    if (tasks > 1 && random.chance(0.12)) transcript = yield* compact(conversation, client, transcript, speaker)
  }
}

/** What the user asks for, and what there will be to say when it is done. */
function nextTask(speaker: Speaker, isFirst: boolean): [words: string, summary: string] {
  const [words, summary] = isFirst
    ? speaker.sayTogether('opening', 'openingSummary')
    : speaker.sayTogether('followUp', 'followUpSummary')
  return [words!, summary!]
}

function firstWords({ random }: Conversation, speaker: Speaker, words: string): Block[] {
  const picture = random.chance(0.05) ? [imageBlock(drawPng('window', random))] : []
  const reminder = random.chance(0.25) ? [textBlock(speaker.say('reminder'))] : []
  return [...reminder, ...picture, textBlock(words)]
}

/** Tools until the task is done, then a summary. False when the client gave up. */
function* workOn(
  conversation: Conversation,
  client: CodingClient,
  transcript: Transcript,
  speaker: Speaker,
  summary: string,
): Generator<SampleRequest, boolean> {
  const { random } = conversation
  const steps = Math.min(20, Math.round(random.around(4.4, 0.55)))
  for (let step = 0; step < steps; step++) {
    if (step > 0 && random.chance(0.025)) {
      if (!(yield* delegate(conversation, client, transcript, speaker))) return false
      continue
    }
    const calls = [useTool(speaker, chooseTool(speaker, step, steps), { isLast: step === steps - 1 })]
    if (random.chance(0.12)) calls.push(useTool(speaker, random.pick(['Read', 'Grep'])))
    if (!(yield* callTools(conversation, transcript, speaker, calls))) return false
    conversation.pause(0.2, random.chance(0.2) ? 24 : 3)
  }
  return yield* conversation.reply(transcript, [textBlock(summary)])
}

function* callTools(
  conversation: Conversation,
  transcript: Transcript,
  speaker: Speaker,
  calls: ToolStep[],
): Generator<SampleRequest, boolean> {
  const { random } = conversation
  const thought = random.chance(0.3) ? think(speaker) : { blocks: [], hiddenTokens: 0 }
  const words = random.chance(0.45) ? [textBlock(speaker.say('next'))] : []
  const content = [...thought.blocks, ...words, ...calls.map(({ call }) => call)]
  // One row in some hundreds never reaches the database.
  if (random.chance(0.003)) transcript.lose(content)
  else {
    const options = { stopReason: 'tool_use', hiddenOutputTokens: thought.hiddenTokens }
    if (!(yield* conversation.reply(transcript, content, options))) return false
  }
  const reminders = random.chance(0.08) ? [textBlock(speaker.say('reminder'))] : []
  transcript.say(
    calls.map(({ result }) => result),
    { reminders },
  )
  return true
}

/** One or two agents get a piece of the work each, at the same time. */
function* delegate(
  conversation: Conversation,
  client: CodingClient,
  transcript: Transcript,
  speaker: Speaker,
): Generator<SampleRequest, boolean> {
  const { random, clock } = conversation
  const jobs = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () => {
    const id = random.apiId('toolu')
    const prompt = speaker.say('subTaskPrompt')
    const call = toolUse(id, client.delegate, {
      description: speaker.say('subTaskTitle'),
      prompt,
      subagent_type: 'general-purpose',
    })
    return { id, prompt, call }
  })
  const calls = jobs.map(({ call }) => call)
  if (!(yield* conversation.reply(transcript, calls, { stopReason: 'tool_use' }))) return false
  const parentId = transcript.lastRequestId
  const startMs = clock.nowMs
  let endMs = startMs
  const results: Block[] = []
  for (const { id, prompt } of jobs) {
    clock.nowMs = startMs + random.integer(20, 400)
    const report = yield* runSubTask(conversation, client.openSubTask(parentId), speaker, prompt)
    results.push(toolResult(id, [textBlock(report)]))
    endMs = Math.max(endMs, clock.nowMs)
  }
  clock.nowMs = endMs + 150
  transcript.say(results)
  return true
}

function* runSubTask(
  conversation: Conversation,
  transcript: Transcript,
  speaker: Speaker,
  prompt: string,
): Generator<SampleRequest, string> {
  const { random } = conversation
  transcript.say([textBlock(prompt)])
  for (let step = random.integer(1, 4); step > 0; step--) {
    const { call, result } = useTool(speaker, random.pick(['Grep', 'Read', 'Grep', 'Bash']))
    yield transcript.answer([call], { stopReason: 'tool_use' })
    conversation.pause(0.1, 2)
    transcript.say([result])
  }
  const report = speaker.say('subTaskReport')
  yield transcript.answer([textBlock(report)])
  return report
}
