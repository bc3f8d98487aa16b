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
const acting =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu

/** One page that needs nothing else and can do nothing: no script, no address to ask. `styleHash` is SHA-256 in base64. */
export function toHtml(title: string, pieces: Iterable<TranscriptPiece>, styleHash: string): string {
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`
  const body: string[] = []
  for (const piece of pieces) body.push(write(piece))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${transcriptStyle}</style>
</head>
<body>
<h1>${escape(title)}</h1>
${body.join('\n')}
</body>
</html>
`
}

function write(piece: TranscriptPiece): string {
  switch (piece.kind) {
    case 'heading':
      return `<h${piece.level}>${escape(piece.text)}</h${piece.level}>`
    case 'facts':
      return `<p class="facts">${escape(piece.text)}</p>`
    case 'text':
      return `<pre dir="auto">${escape(piece.text)}</pre>`
    case 'aside':
      return `<details><summary>${escape(piece.title)}</summary><pre dir="auto">${escape(piece.text)}</pre></details>`
    case 'picture': {
      const isDrawn = drawnTypes.has(piece.mediaType) && /^[\w+/=\s-]+$/.test(piece.data)
      return isDrawn
        ? `<p><img alt="Picture" src="data:${piece.mediaType};base64,${piece.data}"></p>`
        : `<p class="facts">A picture that is not drawn here: ${escape(piece.mediaType)}</p>`
    }
  }
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A body's text as text; characters that act or hide are named. */
function escape(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(acting, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      return `<span class="hidden">U+${code}</span>`
    })
}
