import { z } from 'zod'
import { requestId } from './scope'

export const transcriptFormat = z.enum(['markdown', 'html', 'json'])
export type TranscriptFormat = z.infer<typeof transcriptFormat>

/** What is taken out of a text that leaves the app. */
export const redaction = z.object({
  /** API keys, tokens, passwords, private keys. */
  secrets: z.boolean(),
  mail: z.boolean(),
  /** The user's name in paths of a home folder. */
  homePaths: z.boolean(),
  /** Regular expressions of the user, of a kind that cannot take forever. */
  patterns: z.array(z.string().min(1).max(200)).max(20),
})
export type Redaction = z.infer<typeof redaction>

export const transcriptInput = z.object({
  id: requestId,
  /** One request with all of its messages, or its whole conversation with each message once. */
  extent: z.enum(['request', 'conversation']),
  format: transcriptFormat,
  redaction,
})
export type TranscriptInput = z.infer<typeof transcriptInput>

/** A text that is taken out, and how often it stood there. */
export const removedText = z.object({
  kind: z.enum(['secret', 'mail', 'home-path', 'own']),
  /** At most 200 characters of it. */
  text: z.string(),
  count: z.number().int(),
})
export type RemovedText = z.infer<typeof removedText>

export const transcriptPreview = z.object({
  requests: z.number().int(),
  /** Of the file, in characters. */
  length: z.number().int(),
  /** At most 500 different ones, the most frequent first. */
  removed: z.array(removedText),
  removedTotal: z.number().int(),
})
export type TranscriptPreview = z.infer<typeof transcriptPreview>

export const transcriptFile = z.object({ name: z.string(), mediaType: z.string(), text: z.string() })
export type TranscriptFile = z.infer<typeof transcriptFile>
