/** A content block as the Messages API writes it. */
export interface Block {
  type: string
  [field: string]: unknown
}

/** The answer as the API gave it, before any proxy stored it in its own way. */
export interface ApiMessage {
  id: string
  type: 'message'
  role: 'assistant'
  model: string
  content: Block[]
  stop_reason: string | null
  stop_sequence: string | null
  stop_details?: { type: 'refusal'; category: string | null; explanation: string | null } | null
  usage: ApiUsage
  container?: { id: string; expires_at: string } | null
  diagnostics?: { cache_miss_reason: { type: string; cache_missed_input_tokens: number } | null } | null
}

export interface ApiUsage {
  input_tokens: number
  output_tokens: number
  cache_creation_input_tokens: number | null
  cache_read_input_tokens: number | null
  cache_creation?: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number } | null
  output_tokens_details?: { thinking_tokens: number } | null
  server_tool_use?: { web_search_requests: number; web_fetch_requests: number } | null
  service_tier: string | null
  speed?: string | null
  inference_geo?: string | null
  iterations?: { type: string; model?: string; input_tokens: number; output_tokens: number }[]
}

export const textBlock = (text: string): Block => ({ type: 'text', text })

export const toolUse = (id: string, name: string, input: Record<string, unknown>): Block => ({
  type: 'tool_use',
  id,
  name,
  input,
})

export const toolResult = (toolUseId: string, content: string | Block[], isError = false): Block => ({
  type: 'tool_result',
  tool_use_id: toolUseId,
  content,
  ...(isError && { is_error: true }),
})

export const imageBlock = (png: Buffer): Block => ({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: png.toString('base64') },
})

export const pdfBlock = (pdf: Buffer, title: string): Block => ({
  type: 'document',
  source: { type: 'base64', media_type: 'application/pdf', data: pdf.toString('base64') },
  title,
  citations: { enabled: true },
})

/** The text blocks of an answer as one string. */
export function textOf(blocks: readonly Block[]): string {
  return blocks.flatMap((block) => (block.type === 'text' ? [String(block.text)] : [])).join('')
}

/**
 * A rough count of tokens, good enough to look right: four characters of JSON or Latin text, or one and a half of any
 * other script, make a token. Base64 data is counted as the 1,400 tokens that a picture or page costs.
 */
export function estimateTokens(json: string): number {
  const data = json.length > 400 ? /"data":"[A-Za-z0-9+/=]{200,}"/g : null
  const text = data ? json.replace(data, '') : json
  const pictures = data ? (json.match(data)?.length ?? 0) : 0
  // oxlint-disable-next-line no-control-regex
  const otherScript = text.length - text.replace(/[^\u0000-\u024f]/g, '').length
  return Math.ceil((text.length - otherScript) / 4 + otherScript / 1.5) + pictures * 1400
}
