/** Pictures that a browser draws without running anything; SVG is none of them. */
const drawnTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** A `data:` URL for base64 bytes of a known picture type, or null where they must not or cannot be drawn. */
export function imageDataUrl(mediaType: string | null, data: string | null): string | null {
  if (data === null || mediaType === null || !drawnTypes.has(mediaType)) return null
  return /^[\w+/=\s-]+$/.test(data) ? `data:${mediaType};base64,${data}` : null
}
