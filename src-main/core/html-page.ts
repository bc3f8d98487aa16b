/** A page that needs nothing else and can do nothing: no script, no address to ask. `body` is HTML, all of it escaped. */
export function htmlPage(page: {
  title: string
  style: string
  /** SHA-256 of the style in base64: the only style that the page's own policy allows. */
  styleHash: string
  body: string
}): string {
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${page.styleHash}'; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(page.title)}</title>
<style>${page.style}</style>
</head>
<body>
<h1>${escapeHtml(page.title)}</h1>
${page.body}
</body>
</html>
`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const acting =
  // eslint-disable-next-line no-control-regex
  /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu

/** Anyone's text as text; characters that act or hide are named. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
    .replace(acting, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
      return `<span class="hidden">U+${code}</span>`
    })
}
