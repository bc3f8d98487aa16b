import { h, type VNodeArrayChildren } from 'vue'
import { visibleText } from './VisibleText'

interface Scope {
  scope?: string
  children: (Scope | string)[]
}

/** Longer code is shown without colours: painting it would hold up the page. */
const longestCode = 40_000

/** Code as nodes with `hljs-*` classes, or null when the language is not known or the code is very long. */
export async function highlightCode(code: string, language: string): Promise<(() => VNodeArrayChildren) | null> {
  if (code.length > longestCode || !language) return null
  const { hljs } = await import('./highlight-languages')
  if (!hljs.getLanguage(language)) return null
  const result = hljs.highlight(code, { language, ignoreIllegals: true })
  // The emitter's tree instead of its HTML: nothing of a body is ever parsed as markup.
  const root = (result._emitter as unknown as { rootNode: Scope }).rootNode
  return () => renderScope(root)
}

function renderScope(node: Scope): VNodeArrayChildren {
  return node.children.flatMap((child) => {
    if (typeof child === 'string') return visibleText(child)
    const inner = renderScope(child)
    return child.scope ? [h('span', { class: `hljs-${child.scope.split('.')[0]}` }, inner)] : inner
  })
}
