import { textBlock, toolResult, toolUse, type Block } from '../blocks'
import type { Conversation } from '../conversation'
import type { Speaker } from '../grammar'
import type { SampleRequest } from '../sample-request'
import { Transcript } from '../transcript'
import { operationsGrammar } from '../words/operations'
import { think } from './thinking'
import { warehouseTools } from './tool-definitions'

/** An unattended agent looks into one alert: metrics, queries and logs, one proposal, a report. */
export function* agentRun(conversation: Conversation): Generator<SampleRequest, void> {
  const { random } = conversation
  const speaker = conversation.speaker(operationsGrammar)
  const transcript = new Transcript(conversation, {
    system: [{ ...textBlock(speaker.bound('instruction')), cache_control: { type: 'ephemeral' } }],
    tools: warehouseTools,
    parameters: { max_tokens: 8192, thinking: { type: 'enabled', budget_tokens: 4000 } },
    caching: '5m',
    unspokenTokens: 5200,
  })
  const [trigger, report] = speaker.sayTogether('trigger', 'report') as [string, string]
  transcript.say([textBlock(`${trigger}\n\n${speaker.say('ending')}`)])
  const steps = Math.min(20, Math.max(2, Math.round(random.around(4.6, 0.5))))
  for (let step = 0; step < steps; step++) {
    const calls = random.chance(0.22)
      ? [look(speaker), look(speaker)]
      : [step === steps - 1 ? propose(speaker) : look(speaker)]
    const thought = random.chance(0.35) ? think(speaker) : { blocks: [], hiddenTokens: 0 }
    const words = random.chance(0.4) ? [textBlock(speaker.say('next'))] : []
    const content = [...thought.blocks, ...words, ...calls.map(({ call }) => call)]
    const options = { stopReason: 'tool_use', hiddenOutputTokens: thought.hiddenTokens }
    if (!(yield* conversation.reply(transcript, content, options))) return
    conversation.pause(0.2, 5)
    transcript.say(calls.map(({ result }) => result))
  }
  yield* conversation.reply(transcript, [textBlock(report)])
}

function look(speaker: Speaker): { call: Block; result: Block } {
  const { random } = speaker
  const id = random.apiId('toolu')
  const isError = random.chance(0.06)
  const [name, input, result] = random.pick([
    ['get_metric', { metric: speaker.bound('metric'), site: speaker.bound('warehouse') }, speaker.say('metricResult')],
    [
      'query_database',
      { sql: `SELECT * FROM ${speaker.bound('queue').replace('-', '_')} WHERE state = 'blocked' LIMIT 20` },
      speaker.say('rowsResult'),
    ],
    ['search_logs', { query: speaker.bound('queue'), since: speaker.say('clock') }, speaker.say('errorResult')],
  ] as const)
  return {
    call: toolUse(id, name, input),
    result: toolResult(id, isError ? speaker.say('errorResult') : result, isError),
  }
}

function propose(speaker: Speaker): { call: Block; result: Block } {
  const id = speaker.random.apiId('toolu')
  const input = {
    action: `restart ${speaker.bound('queue')} in ${speaker.bound('warehouse')}`,
    reason: speaker.say('thought'),
  }
  return { call: toolUse(id, 'propose_action', input), result: toolResult(id, '{"state":"waiting for a person"}') }
}
