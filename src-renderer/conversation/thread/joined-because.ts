import type { ThreadedRequest } from '../../../src-main/contract/threads'

const reasons: Record<ThreadedRequest['reason'], string> = {
  'nothing-earlier': 'Begins here: no earlier request has these messages.',
  'answer-continued': 'Joined because its messages carry on those before and the answer that was given to them.',
  'messages-continued': 'Joined because its messages carry on those before.',
  'answer-repeated': 'Joined because it repeats the answer that was given before, though earlier messages differ.',
  'messages-identical': 'Joined because it sends the same messages once more.',
  'task-prompt': 'Joined because its first message is the task that a tool call gave to a sub-agent.',
  'summary-continued': 'Joined because it begins with the summary that was written before.',
  'same-session': 'Joined because it names the same session.',
  'source-says': 'Joined because the database itself names the conversation.',
  'by-hand': 'Placed here by you.',
}

/** Why a request stands in its conversation, and how sure that is; whole sentences. */
export function joinedBecause({ reason, confidence }: Pick<ThreadedRequest, 'reason' | 'confidence'>): string {
  if (reason === 'nothing-earlier' || confidence === 'high') return reasons[reason]
  return `${reasons[reason]} ${confidence === 'medium' ? 'This is likely, not certain.' : 'This is a guess.'}`
}
