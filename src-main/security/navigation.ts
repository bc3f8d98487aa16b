/** Where the renderer lives in a host, as `app://ui` or `http://127.0.0.1:3000`, without a trailing slash. */
export type OwnOrigin = string

/**
 * Whether a URL lies in our own origin and in the dashboard. Compares scheme and authority as parsed: `URL.origin` is
 * the text "null" for `app:`, and a look for a piece of text in the address is what attackers write addresses for.
 */
export function isOwnUrl(value: unknown, own: OwnOrigin): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const url = new URL(value)
  const home = new URL(own)
  const isSameOrigin = url.protocol === home.protocol && url.host === home.host && url.host !== ''
  const hasCredentials = url.username !== '' || url.password !== ''
  const isDashboard = url.pathname === '/dashboard' || url.pathname.startsWith('/dashboard/')
  return isSameOrigin && !hasCredentials && isDashboard
}

/** The part of Electron's frame that tells who sends. */
export interface SenderFrame {
  readonly url: string
  readonly parent: unknown
}

/**
 * Whether a message may be heard: it comes from a frame that still exists, is the window's top frame and shows our own
 * page. Null is the frame of a page that was left meanwhile.
 */
export function isOwnFrame(frame: SenderFrame | null | undefined, own: OwnOrigin): boolean {
  return frame !== null && frame !== undefined && frame.parent === null && isOwnUrl(frame.url, own)
}
