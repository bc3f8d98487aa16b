/** What the sample has to know of a model: how fast it writes, and what was called before it was there. */
export interface SampleModel {
  id: string
  outputTokensPerSecond: number
  contextTokens: number
  thinks: boolean
  /** Day on which it can be called first, and the model that was called before. */
  since?: { day: string; before: string }
}

const list: SampleModel[] = [
  {
    id: 'claude-fable-5-2',
    outputTokensPerSecond: 48,
    contextTokens: 1_000_000,
    thinks: true,
    since: { day: '2026-11-09', before: 'claude-fable-5-1' },
  },
  { id: 'claude-fable-5-1', outputTokensPerSecond: 44, contextTokens: 1_000_000, thinks: true },
  { id: 'claude-opus-5-5', outputTokensPerSecond: 62, contextTokens: 1_000_000, thinks: true },
  { id: 'claude-opus-4-8', outputTokensPerSecond: 55, contextTokens: 1_000_000, thinks: true },
  { id: 'claude-opus-4-1-20250805', outputTokensPerSecond: 38, contextTokens: 200_000, thinks: true },
  { id: 'claude-sonnet-5-5', outputTokensPerSecond: 88, contextTokens: 1_000_000, thinks: true },
  { id: 'claude-sonnet-5', outputTokensPerSecond: 80, contextTokens: 1_000_000, thinks: true },
  { id: 'claude-sonnet-4-5-20250929', outputTokensPerSecond: 72, contextTokens: 200_000, thinks: true },
  {
    id: 'claude-haiku-5-5',
    outputTokensPerSecond: 210,
    contextTokens: 400_000,
    thinks: true,
    since: { day: '2026-10-07', before: 'claude-haiku-4-5-20251001' },
  },
  { id: 'claude-haiku-4-5-20251001', outputTokensPerSecond: 150, contextTokens: 200_000, thinks: true },
  // As Amazon Bedrock names them: the same models, behind a regional profile.
  {
    id: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
    outputTokensPerSecond: 64,
    contextTokens: 200_000,
    thinks: true,
  },
  // Retired, still called by a program that nobody looks after.
  { id: 'claude-3-5-haiku-20241022', outputTokensPerSecond: 70, contextTokens: 200_000, thinks: false },
  // A preview under a name of its own, which no price list has.
  { id: 'claude-aurora-preview-1112', outputTokensPerSecond: 58, contextTokens: 1_000_000, thinks: true },
]

const byId = new Map(list.map((model) => [model.id, model]))

/** The model that a client which wants `id` calls at that moment. Throws for an id that the sample does not have. */
export function modelAt(id: string, timestampMs: number): SampleModel {
  const model = byId.get(id)
  if (!model) throw new Error(`The sample has no model "${id}".`)
  if (model.since && timestampMs < Date.parse(model.since.day)) return modelAt(model.since.before, timestampMs)
  return model
}
