import type { ReportDocument } from '../../contract/reports'
import { escapeHtml, htmlPage } from '../html-page'

/** The one style of the page. On paper it is black on white, and no row is cut in two. */
export const reportStyle = `:root{color-scheme:light dark}
body{font:14px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;margin:0 0 .5rem}
h2{font-size:1.1rem;margin:2rem 0 .4rem;break-after:avoid}
p{margin:.15rem 0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;margin-top:.5rem;font-variant-numeric:tabular-nums}
thead{display:table-header-group}
tr{break-inside:avoid}
th,td{padding:.25rem .6rem;border-bottom:1px solid #8884;text-align:left;vertical-align:baseline;overflow-wrap:anywhere}
th{font-weight:600;border-bottom-color:#888}
.n{text-align:right;white-space:nowrap}
.facts{opacity:.75}
.hidden{font:11px ui-monospace,monospace;border:1px solid;border-radius:3px;padding:0 2px;unicode-bidi:isolate}
@media print{:root{color-scheme:light}body{margin:0;max-width:none;font-size:11px}}`

/** The report as one page that needs nothing else. `styleHash` is SHA-256 of `reportStyle` in base64. */
export function reportHtml({ title, lines, sections }: ReportDocument, styleHash: string): string {
  const body = [...lines.map(paragraph), ...sections.map(sectionHtml)].join('\n')
  return htmlPage({ title, style: reportStyle, styleHash, body })
}

function paragraph(line: string): string {
  return `<p class="facts">${escapeHtml(line)}</p>`
}

function sectionHtml({ title, lines, columns, rows }: ReportDocument['sections'][number]): string {
  const kind = (column: number): string => (columns[column]?.isFigure ? ' class="n"' : '')
  const head = columns.map(({ name }, column) => `<th scope="col"${kind(column)}>${escapeHtml(name)}</th>`).join('')
  const body = rows.map(
    (cells) => `<tr>${cells.map((cell, column) => `<td${kind(column)}>${escapeHtml(cell)}</td>`).join('')}</tr>`,
  )
  const table =
    rows.length === 0 ? [] : [`<table><thead><tr>${head}</tr></thead>`, '<tbody>', ...body, '</tbody></table>']
  return [`<h2>${escapeHtml(title)}</h2>`, ...lines.map(paragraph), ...table].join('\n')
}
