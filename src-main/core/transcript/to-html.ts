import { escapeHtml, htmlPage } from '../html-page'
import type { TranscriptPiece } from './transcript-text'

/** The one style of the page; its hash is the only style that the page's own policy allows. */
export const transcriptStyle = `:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
pre{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;font:inherit;margin:.5rem 0}
details{border:1px solid #8886;border-radius:6px;padding:.4rem .7rem;margin:.5rem 0}
details pre{font:13px/1.4 ui-monospace,monospace}
summary{cursor:pointer}
h2{border-top:1px solid #8886;padding-top:1rem;margin-top:2rem}
.facts{opacity:.75;font-size:13px}
.hidden{font:11px ui-monospace,monospace;border:1px solid;border-radius:3px;padding:0 2px;unicode-bidi:isolate}
img{max-width:100%}`

const drawnTypes = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** One page that needs nothing else. `styleHash` is SHA-256 in base64. */
export function toHtml(title: string, pieces: Iterable<TranscriptPiece>, styleHash: string): string {
  const body: string[] = []
  for (const piece of pieces) body.push(write(piece))
  return htmlPage({ title, style: transcriptStyle, styleHash, body: body.join('\n') })
}

function write(piece: TranscriptPiece): string {
  switch (piece.kind) {
    case 'heading':
      return `<h${piece.level}>${escapeHtml(piece.text)}</h${piece.level}>`
    case 'facts':
      return `<p class="facts">${escapeHtml(piece.text)}</p>`
    case 'text':
      return `<pre dir="auto">${escapeHtml(piece.text)}</pre>`
    case 'aside':
      return `<details><summary>${escapeHtml(piece.title)}</summary><pre dir="auto">${escapeHtml(piece.text)}</pre></details>`
    case 'picture': {
      const isDrawn = drawnTypes.has(piece.mediaType) && /^[\w+/=\s-]+$/.test(piece.data)
      return isDrawn
        ? `<p><img alt="Picture" src="data:${piece.mediaType};base64,${piece.data}"></p>`
        : `<p class="facts">A picture that is not drawn here: ${escapeHtml(piece.mediaType)}</p>`
    }
  }
}
