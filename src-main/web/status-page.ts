import { html } from 'hono/html'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Failure } from '../core/failure'
import { plainPage, plainPagePolicy } from './page-layout'
import type { WebContext } from './web-context'

/** A page that says what is the matter and what to do about it. */
export function statusPage(
  context: WebContext,
  page: { title: string; failure: Failure; status: ContentfulStatusCode },
): Response | Promise<Response> {
  const { message, hint } = page.failure
  context.header('Content-Security-Policy', plainPagePolicy)
  return context.html(
    plainPage(
      page.title,
      html`<h1>${page.title}</h1>
        <p>${message}</p>
        <p class="hint">${hint}</p>`,
    ),
    page.status,
  )
}
