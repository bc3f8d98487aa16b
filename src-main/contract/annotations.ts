import { z } from 'zod'
import { requestId } from './scope'

/** What is annotated: one message of a request, or the whole conversation that the request belongs to. */
export const annotationTarget = z.object({
  requestId,
  message: z
    .object({
      /** From 0 in the request's messages; the answer comes right after the last. */
      index: z.number().int().min(0).max(1_000_000),
      /** Of what is said in it, so that it is known again in a later request of the conversation. */
      digest: z.string().min(1).max(40),
    })
    .nullable(),
})
export type AnnotationTarget = z.infer<typeof annotationTarget>

export const tag = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]+$/u, { error: 'is no tag: it holds a character that cannot be seen' })

const longestNote = 10_000
const mostTags = 20

export const annotation = z.object({
  target: annotationTarget,
  isPinned: z.boolean(),
  /** Each once, whatever its case, in the order of the alphabet. */
  tags: z.array(tag).max(mostTags),
  note: z.string().max(longestNote),
  changedAt: z.string(),
})
export type Annotation = z.infer<typeof annotation>

/** What is left undefined stays as it is. */
export const annotationChange = z.object({
  target: annotationTarget,
  isPinned: z.boolean().optional(),
  tags: z.array(tag).max(mostTags).optional(),
  note: z.string().trim().max(longestNote).optional(),
})
export type AnnotationChange = z.infer<typeof annotationChange>

/** An annotation, and the conversation that its request is joined to now; null while it is not joined. */
export const placedAnnotation = annotation.extend({ conversationId: z.string().nullable() })
export type PlacedAnnotation = z.infer<typeof placedAnnotation>
