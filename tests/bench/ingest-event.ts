/** A `conversation` event as a proxy sends it. */
export function toStreamEvent(id: string): string {
  const data = {
    id,
    domain: 'team-1.example',
    model: 'claude-sonnet-4-5',
    tokens: 1200,
    timestamp: '2026-11-23T14:00:00Z',
  }
  return `id: ${id}\ndata: ${JSON.stringify({ type: 'conversation', data, timestamp: data.timestamp })}\n\n`
}
