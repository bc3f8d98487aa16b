import type { MarkedToken, Token, Tokens } from 'marked'
import { h, type VNode, type VNodeArrayChildren } from 'vue'
import CodeBlock from './CodeBlock.vue'
import { deepestNesting, renderInline } from './markdown-inline'
import { visibleText } from './VisibleText'

/** Block Markdown as nodes. Whatever is not known is shown by its source, so no character of a body is lost. */
export function renderBlocks(tokens: Token[], depth = 0): VNodeArrayChildren {
  if (depth > deepestNesting) return tokens.map((token) => source(token.raw))
  return tokens.flatMap((token): VNodeArrayChildren => {
    const known = token as MarkedToken
    switch (known.type) {
      case 'space':
        return []
      case 'paragraph':
        return [h('p', { dir: 'auto' }, renderInline(known.tokens))]
      case 'text':
        return known.tokens ? renderInline(known.tokens) : visibleText(known.text)
      case 'heading':
        // The page has its own headings; those of a body begin below them.
        return [
          h(
            `h${Math.min(known.depth + 3, 6)}`,
            { dir: 'auto', class: `depth-${known.depth}` },
            renderInline(known.tokens),
          ),
        ]
      case 'code':
        return [h(CodeBlock, { code: known.text, language: known.lang })]
      case 'blockquote':
        return [h('blockquote', renderBlocks(known.tokens, depth + 1))]
      case 'list':
        return [renderList(known, depth)]
      case 'table':
        return [renderTable(known)]
      case 'hr':
        return [h('hr')]
      case 'checkbox':
        return [known.checked ? '☑ ' : '☐ ']
      default:
        return [source(token.raw)]
    }
  })
}

function source(raw: string): VNode {
  return h('p', { class: 'whitespace-pre-wrap' }, visibleText(raw.replace(/\n+$/, '')))
}

function renderList(list: Tokens.List, depth: number): VNode {
  const items = list.items.map((item) => h('li', { dir: 'auto' }, renderBlocks(item.tokens, depth + 1)))
  return list.ordered ? h('ol', { start: list.start || undefined }, items) : h('ul', items)
}

function renderTable(table: Tokens.Table): VNode {
  const cell = (tag: 'th' | 'td', { tokens, align }: Tokens.TableCell): VNode =>
    h(tag, { dir: 'auto', class: align ? `align-${align}` : undefined }, renderInline(tokens))
  return h('div', { class: 'table-scroll', tabindex: 0, role: 'region', 'aria-label': 'Table' }, [
    h('table', [
      h(
        'thead',
        h(
          'tr',
          table.header.map((each) => cell('th', each)),
        ),
      ),
      h(
        'tbody',
        table.rows.map((row) =>
          h(
            'tr',
            row.map((each) => cell('td', each)),
          ),
        ),
      ),
    ]),
  ])
}
