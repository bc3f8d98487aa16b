import type { CacheMiss, CacheMissReason } from '../../../src-main/contract/threads'
import { distance } from '../../format/relative-time'

/** Why the prompt cache was missed, one sentence for each reason, the strongest first. */
export function cacheMissSentences(miss: CacheMiss): string[] {
  return miss.reasons.map((reason, index) => {
    const sentence = sentences[reason](miss)
    return index === 0 && miss.saidByApi ? `${sentence} The API itself says so.` : sentence
  })
}

const sentences: Record<CacheMissReason, (miss: CacheMiss) => string> = {
  'model-changed': () => 'It went to another model, and each model has a cache of its own.',
  'tools-changed': () =>
    'The tools are not those of before; they come first in the cache, so all behind them was lost.',
  'system-changed': () => 'The system prompt is not that of before, so it and all messages were lost.',
  'messages-changed': ({ messageIndex }) =>
    messageIndex === null
      ? 'An earlier message is not as it was.'
      : `Message ${messageIndex + 1} is not as it was, so all from there on was lost.`,
  'pause-too-long': ({ pauseMs, lifetimeMs }) =>
    `It came ${distance(pauseMs)} after the former one, and the cache lives for ${distance(lifetimeMs)}.`,
  'previous-message-not-found': () => 'The API did not find the former request’s messages in its cache.',
  unknown: () => 'The two requests do not tell why.',
}
