/** Whether an address may be handed to the system's browser; `url` is the parsed and written-out form of it. */
export type ExternalLinkDecision = { allowed: true; url: string } | { allowed: false; reason: string }

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]'])
const longestUrl = 2000

/**
 * Only `https:` to anywhere and `http:` to this machine, without credentials. Takes anything, since it comes from a
 * page; pure, so that whoever opens links (one file a host) can be tested apart from it.
 */
export function decideExternalLink(value: unknown): ExternalLinkDecision {
  if (typeof value !== 'string') return refuse('A link must be text.')
  // A URL parser forgives white space and control characters, and hides with them what a reader would notice.
  if (hasBlankOrControl(value)) return refuse('A link must not hold blanks or control characters.')
  if (value.length > longestUrl) return refuse('The link is too long.')
  if (value.includes('\\')) return refuse('A link must not hold backslashes.')
  if (!URL.canParse(value)) return refuse('The link is no address.')
  const url = new URL(value)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopbackHosts.has(url.hostname))) {
    return refuse('Only https links can be opened.')
  }
  if (!/^https?:\/\//i.test(value)) return refuse('The link is no full address.')
  if (url.username !== '' || url.password !== '') return refuse('A link must not carry a user name or password.')
  return { allowed: true, url: url.href }
}

function hasBlankOrControl(text: string): boolean {
  return /[\s\p{Cc}\p{Cf}]/u.test(text)
}

function refuse(reason: string): ExternalLinkDecision {
  return { allowed: false, reason }
}
