import { Failure } from '../core/failure'

/**
 * Where the proxy sends its events: `sse` below the dashboard URL, whose usual path is put in where only a host is
 * given. Throws `feed-url-invalid`.
 */
export function eventStreamUrl(dashboardUrl: string): string {
  if (!URL.canParse(dashboardUrl)) throw new Failure('feed-url-invalid')
  const url = new URL(dashboardUrl)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Failure('feed-url-invalid', { message: 'The dashboard URL must start with https:// or http://.' })
  }
  if (url.username || url.password) {
    throw new Failure('feed-url-invalid', {
      message: 'The dashboard URL holds a user name or password; only the API key is used.',
    })
  }
  const path = url.pathname.replace(/\/+$/, '') || '/dashboard'
  url.pathname = path.endsWith('/sse') ? path : `${path}/sse`
  url.hash = ''
  return url.href
}
