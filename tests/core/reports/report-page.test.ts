import { expect, test } from 'vitest'
import { reportDocument } from '../../../src-main/core/reports/report-document'
import { reportHtml } from '../../../src-main/core/reports/report-html'
import { reportColumns, reportRows } from '../../../src-main/core/reports/report-rows'
import { contentFixture } from './content-fixture'

test('the page runs nothing, asks nobody, and shows names as they are', () => {
  const html = reportHtml(reportDocument(contentFixture(), '23 November 2026'), 'hash')
  expect(html).not.toMatch(/<script|<iframe|<link|\son\w+=|src=|href=|@import|url\(/i)
  expect(html).toContain('&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;<span class="hidden">U+202E</span>')
  expect(html).toContain(`default-src 'none'`)
  expect(html).toContain('<title>Daily: 23 November 2026</title>')
  expect(html).toContain('Test &amp; co')
  expect(html).toContain('@media print')
})

test('it says what its figures lack, and that it is late', () => {
  const plain = reportDocument(contentFixture(), '').lines.join(' ')
  expect(plain).not.toMatch(/late|lower bound/)
  const content = contentFixture({ isLate: true, missingMs: 7_200_000, q: 'domain:acme.com' })
  const lines = reportDocument({ ...content, costs: { ...content.costs, usagePending: 4 } }, '').lines.join(' ')
  expect(lines).toContain('late: it was due on Tue, 24 Nov 2026, 08:00')
  expect(lines).toContain('lacks 2 hours')
  expect(lines).toContain('cache tokens of 4 requests')
  expect(lines).toContain('Requests of the query domain:acme.com')
})

test('every row has known columns, its period, and the parts add up to the summary', () => {
  const rows = reportRows(contentFixture())
  for (const row of rows) {
    expect(Object.keys(reportColumns)).toEqual(expect.arrayContaining(Object.keys(row)))
    expect(row.from).toBe('2026-11-23T00:00:00.000Z')
  }
  const parts = rows.filter(({ section }) => section === 'allocation')
  expect(parts.reduce((sum, { costUsd }) => sum + Number(costUsd), 0)).toBe(rows[0]!.costUsd)
})
