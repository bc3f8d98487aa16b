/** A picture of a body: its bytes in base64, or only where it would be found. */
export interface BodyImage {
  mediaType: string | null
  data: string | null
  reference: string | null
}

/** Pictures that a browser draws without running anything; SVG is none of them. */
const drawnTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** The picture in an element of a tool's result, in the wire's form or the normal one; null for anything else. */
export function readImage(part: unknown): BodyImage | null {
  if (!isObject(part)) return null
  if (part.kind === 'image') {
    return { mediaType: text(part.mediaType), data: text(part.data), reference: text(part.reference) }
  }
  if (part.type !== 'image' || !isObject(part.source)) return null
  const { media_type: mediaType, data, url, file_id: fileId } = part.source
  return { mediaType: text(mediaType), data: text(data), reference: text(url) ?? text(fileId) }
}

/** A `data:` URL for a picture of a known type, or null where it must not or cannot be drawn. */
export function imageDataUrl({ mediaType, data }: BodyImage): string | null {
  if (data === null || mediaType === null || !drawnTypes.has(mediaType)) return null
  return /^[\w+/=\s-]+$/.test(data) ? `data:${mediaType};base64,${data}` : null
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
