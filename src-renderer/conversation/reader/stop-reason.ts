const sentences: Record<string, string> = {
  end_turn: 'The model had finished',
  max_tokens: 'Cut at the limit of output tokens',
  stop_sequence: 'Stopped at a stop sequence',
  tool_use: 'Stopped to call a tool',
  pause_turn: 'Paused in a long turn',
  refusal: 'Refused',
  model_context_window_exceeded: 'The context window was full',
  compaction: 'Stopped to compact the conversation',
}

/** Why the answer ended, in words; an unknown reason is only named. */
export function stopReasonText(stopReason: string): string {
  return sentences[stopReason] ?? 'Ended'
}
