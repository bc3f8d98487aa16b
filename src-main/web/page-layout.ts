import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { pageStyle } from './page-style'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

// Made outside of the template: a blank beside the text would change what the hash is of.
const styleElement = raw(`<style>${pageStyle}</style>`)
const styleHash = createHash('sha256').update(pageStyle).digest('base64')

/** The content policy of the pages made here: no script at all, one style, forms to ourselves. */
export const plainPagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** A whole page around `body`; values inside `html` templates are escaped. */
export function plainPage(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="data:," />
        <title>${title} · Nexus Desktop</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <p class="brand"><span class="mark" aria-hidden="true"></span>Nexus Desktop</p>
          ${body}
        </main>
      </body>
    </html>`
}
