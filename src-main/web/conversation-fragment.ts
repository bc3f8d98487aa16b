import { html } from 'hono/html'
import type { RequestList, RequestRow } from '../contract/conversations'
import type { Html } from './page-layout'

const count = new Intl.NumberFormat('en-US')
const usd = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 })

/**
 * The brief's list for HTMX: one item a request, and a link that loads the next page in its own place. `query` is what
 * was asked, for that link. Stored text is escaped by the templates.
 */
export function conversationFragment(list: RequestList, query: URLSearchParams): Html {
  if (list.items.length === 0) return html`<p class="conversations-empty">No conversations in this window.</p>`
  return html`<ul class="conversations">
      ${list.items.map(conversationItem)}
    </ul>
    ${list.nextCursor !== null && moreLink(list.nextCursor, query)}`
}

function conversationItem(row: RequestRow): Html {
  return html`<li class="conversation" data-id="${row.id}">
    <a href="/dashboard/conversation/${row.id}">
      <span class="conversation-preview">${row.preview ?? ''}</span>
      <span class="conversation-domain">${row.domain ?? 'no domain'}</span>
      <span class="conversation-model">${row.model ?? 'no model'}</span>
      <span class="conversation-tokens">${count.format(row.totalTokens)} tokens</span>
      <span class="conversation-cost">${row.costUsd === null ? 'unpriced' : usd.format(row.costUsd)}</span>
      ${row.error === true && html`<span class="conversation-error">error</span>`}
      <time datetime="${row.timestamp}">${row.timestamp.slice(0, 19).replace('T', ' ')} UTC</time>
    </a>
  </li>`
}

function moreLink(cursor: string, query: URLSearchParams): Html {
  const next = new URLSearchParams(query)
  next.set('cursor', cursor)
  const address = `/dashboard/api/conversations?${next}`
  return html`<a class="conversations-more" href="${address}" hx-get="${address}" hx-swap="outerHTML">More</a>`
}
