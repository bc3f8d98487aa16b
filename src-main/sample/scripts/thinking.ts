import type { Block } from '../blocks'
import type { Speaker } from '../grammar'

/**
 * Thinking before an answer: mostly its text, sometimes only a signature (the client asked for none of it), rarely
 * redacted by the API. `hiddenTokens` is what was thought and not written down.
 */
export function think(speaker: Speaker): { blocks: Block[]; hiddenTokens: number } {
  const { random } = speaker
  const signature = random.base64(104)
  const kind = random.weighted([
    ['shown', 80],
    ['omitted', 17],
    ['redacted', 3],
  ] as const)
  if (kind === 'redacted') {
    return { blocks: [{ type: 'redacted_thinking', data: random.base64(160) }], hiddenTokens: random.integer(60, 400) }
  }
  if (kind === 'omitted') {
    return { blocks: [{ type: 'thinking', thinking: '', signature }], hiddenTokens: random.integer(80, 900) }
  }
  const thoughts = random.chance(0.3)
    ? `${speaker.say('thought')}\n\n${speaker.say('thought')}`
    : speaker.say('thought')
  return { blocks: [{ type: 'thinking', thinking: thoughts, signature }], hiddenTokens: random.integer(0, 60) }
}
