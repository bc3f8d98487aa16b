import type { MarkedToken, Token } from 'marked'
import { h, type VNode, type VNodeArrayChildren } from 'vue'
import ExternalLink from './ExternalLink.vue'
import { visibleText } from './VisibleText'

/** Nesting beyond this is shown as text: a hostile body can nest until the page's stack ends. */
export const deepestNesting = 24

/** Inline Markdown as nodes. HTML stays text, a picture's address is never loaded, an unknown token shows its source. */
export function renderInline(tokens: Token[], depth = 0): VNodeArrayChildren {
  if (depth > deepestNesting) return tokens.flatMap((token) => visibleText(token.raw))
  return tokens.flatMap((token): VNodeArrayChildren => {
    if (token.type === 'as-written') return [h('span', { class: 'whitespace-pre-wrap' }, visibleText(token.raw))]
    const children = (tag: string): VNode => h(tag, renderInline(childrenOf(token), depth + 1))
    const known = token as MarkedToken
    switch (known.type) {
      case 'text':
        return known.tokens ? renderInline(known.tokens, depth + 1) : visibleText(known.text)
      case 'escape':
        return visibleText(known.text)
      case 'strong':
      case 'em':
      case 'del':
        return [children(known.type)]
      case 'codespan':
        return [h('code', visibleText(known.text))]
      case 'br':
        return [h('br')]
      case 'link':
        return [
          h(ExternalLink, { href: known.href, isBare: known.autolink }, () => renderInline(known.tokens, depth + 1)),
        ]
      case 'image':
        return [h(ExternalLink, { href: known.href }, () => ['Image: ', ...visibleText(known.text || known.href)])]
      case 'checkbox':
        return [known.checked ? '☑ ' : '☐ ']
      default:
        return visibleText(token.raw)
    }
  })
}

function childrenOf(token: Token): Token[] {
  return 'tokens' in token && token.tokens ? token.tokens : []
}
