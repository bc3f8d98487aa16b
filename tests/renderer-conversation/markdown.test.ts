import * as fc from '../fakes/seeded-check'
import { createPinia } from 'pinia'
import { Lexer } from 'marked'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { describe, expect, it, vi } from 'vitest'
import MarkdownText from '../../src-renderer/conversation/text/MarkdownText.vue'
import { mostWork, readMarkdown, workOf } from '../../src-renderer/conversation/text/markdown-tokens'
import { readsAsMarkdown } from '../../src-renderer/conversation/text/reads-as-markdown'
import { TooltipProvider } from '../../src-renderer/ui/tooltip-provider'

const render = (text: string): Promise<string> =>
  renderToString(createSSRApp({ render: () => h(TooltipProvider, () => h(MarkdownText, { text })) }).use(createPinia()))

/** What a reader sees, without the page's own tags. */
async function seen(text: string): Promise<string> {
  const html = (await render(text)).replace(/<!--.*?-->/g, '').replace(/<[^>]*>/g, '')
  return html
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
}

describe('Markdown of a body', () => {
  it('draws headings, lists, tables, quotes and code', async () => {
    const html = await render(
      '# T\n\n- a\n- b\n\n1. c\n\n> q\n\n| x | y |\n|--|-:|\n| 1 | 2 |\n\n`i` **b** *e* ~~d~~\n\n---',
    )
    for (const tag of ['<h4', '<ul', '<ol', '<blockquote', '<table', '<code', '<strong', '<em', '<del', '<hr']) {
      expect(html).toContain(tag)
    }
  })

  it('shows HTML as the text that it is', async () => {
    const text = 'a <b>bold</b> <script>alert(1)</script>\n\n<div onclick="x">\n<img src=x onerror=y>\n</div>'
    expect(await render(text)).not.toMatch(/<(script|img|b|div onclick)/)
    expect(await seen(text)).toContain('<script>alert(1)</script>')
    expect(await seen(text)).toContain('<img src=x onerror=y>')
  })

  it('loads no picture and shows where it would have come from', async () => {
    const html = await render('![diagram](http://tracker.example/p.png)')
    expect(html).not.toContain('<img')
    expect(html).toContain('diagram')
    expect(html).toContain('http://tracker.example/p.png')
  })

  it('makes no link that could be followed, and shows an address that cannot be opened', async () => {
    const text = '[a](javascript:alert(1)) [b](https://example.com) <https://example.org> https://example.net'
    expect(await render(text)).not.toMatch(/<a[ >]|href=/)
    expect(await seen(text)).toContain('a (javascript:alert(1))')
  })

  it('keeps entities, reference definitions and maths readable', async () => {
    const text = '&lt;b&gt; &amp; $x^2 + y_1$\n\n[ref]: https://example.com'
    const read = await seen(text)
    expect(read).toContain('&lt;b&gt; &amp; $x^2 + y_1$')
    expect(read).toContain('[ref]: https://example.com')
  })

  it('shows a text that nests without end instead of failing', async () => {
    for (const piece of ['> ', '+ ', '1. ', '[', '![', '**a ', '<div>']) {
      expect((await seen(piece.repeat(5000))).length).toBeGreaterThan(1000)
    }
  })

  it('does no more work on emphasis than a page can bear, and says what stands as written', async () => {
    const hostile = '_a_ __'.repeat(2000)
    const read = readMarkdown(`${hostile}\n\n*good*\n\n${hostile}\n\n| a |\n|--|\n| ${hostile} |`)
    expect(read?.asWritten).toBe(3)
    expect(await seen(`${hostile}\n\n*good*`)).toMatch(/(_a_ __)+good.*stand as they were written/s)
    expect(await render(`${hostile}\n\n*good*`)).toContain('<em>good</em>')
    // What is read costs no more than the limit, whatever the text.
    const done = vi.spyOn(Lexer.prototype, 'inlineTokens')
    for (const piece of ['_a_ __', 'a_', '__a', 'a**b', '[a]()', '*a\n\n', '`a*', '<a*']) {
      done.mockClear()
      readMarkdown(piece.repeat(40_000 / piece.length))
      const work = done.mock.calls.reduce((sum, [source]) => sum + workOf(source), 0)
      expect(work).toBeLessThanOrEqual(2 * mostWork)
    }
    done.mockRestore()
  })

  it('reads prose, code and tables of any usual size', () => {
    const prose = 'It calls `read_rows`, then *waits* for the [reply](https://a.b) of **all** tables. '.repeat(20)
    const code = `\`\`\`py\n${'def get_all_rows(self, *args, **kwargs): pass\n'.repeat(300)}\`\`\``
    const table = `| a | b |\n|--|--|\n${'| **x** | `y_z` |\n'.repeat(300)}`
    expect(readMarkdown(`${prose}\n\n${code}\n\n${table}`)?.asWritten).toBe(0)
  })

  it('gives only tags of its own for any text', async () => {
    const allowed =
      /^(div|p|h[4-6]|ul|ol|li|blockquote|hr|br|strong|em|del|code|pre|table|thead|tbody|tr|th|td|span|button|svg|rect|path|figure|figcaption)$/
    const unit = fc.constantFrom(
      'a',
      '1',
      '<',
      '>',
      '/',
      '&',
      '*',
      '_',
      '`',
      '#',
      '-',
      ' ',
      '\n',
      '[',
      ']',
      '(',
      ')',
      '!',
      '|',
      '~',
      '.',
      '"',
      '\\',
      ':',
      '<b>',
      'https://a.b',
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 60 }), async (text) => {
        const html = (await render(text)).replace(/<!--.*?-->/g, '')
        for (const [, tag] of html.matchAll(/<\/?([\w-]+)/g)) expect(tag).toMatch(allowed)
        expect(html).not.toMatch(/\son\w+=|javascript:/i)
      }),
      { numRuns: 300 },
    )
  })
})

describe('a text whose form nobody told', () => {
  it('is taken for Markdown when a model wrote it', () => {
    expect(readsAsMarkdown('plain', 'assistant')).toBe(true)
  })

  it('is taken for Markdown when it has signs of it', () => {
    for (const text of ['# Title', 'a\n```\ncode\n```', '| a | b |\n|---|---|\n| 1 | 2 |', 'so **much**']) {
      expect(readsAsMarkdown(text, 'user')).toBe(true)
    }
  })

  it('is left as it is when it is prose, a diff or a listing', () => {
    for (const text of ['Fix it, please.', '+ added\n- removed', '  indented\n    more', '* 3\n* 4', '#!/bin/sh\n#x']) {
      expect(readsAsMarkdown(text, 'user')).toBe(false)
    }
  })
})
