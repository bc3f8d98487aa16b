import * as fc from '../../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import { countPdfPages } from '../../../src-main/core/bodies/count-pdf-pages'
import { readBlocks } from '../../../src-main/core/bodies/read-blocks'

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')

describe('the pages of a PDF', () => {
  test('are counted wherever they stand, and the tree of pages is none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('', ' ', '\n')), {
          maxLength: 8,
        }),
        (pieces) => {
          const objects = pieces.map(
            ([noise, gap]) => `${noise.replaceAll('/', '|')} <</Type${gap}/Page /Parent 1 0 R>>`,
          )
          const text = `%PDF-1.4 <</Type /Pages /Count 9>>${objects.join(' ')}<</Type/PageLabel>> /Page trailer`
          expect(countPdfPages(base64(text))).toBe(pieces.length === 0 ? undefined : pieces.length)
        },
      ),
      { numRuns: 500 },
    )
  })

  test('are not known where nothing tells them', () => {
    for (const data of ['', 'L1Bh', '\u0000', 'L1BhL1Bh', base64('packed'), 'YWdl'.repeat(50)]) {
      expect(countPdfPages(data)).toBeUndefined()
    }
  })

  test('stand in the normal form beside the age of a found page', () => {
    const source = { type: 'base64', media_type: 'application/pdf', data: base64('<</Type /Page>>') }
    const found = { type: 'web_search_result', url: 'https://a.example', title: 'A', page_age: '3 days ago' }
    expect(readBlocks([{ type: 'document', source }, found])).toMatchObject([{ pages: 1 }, { pageAge: '3 days ago' }])
    expect(readBlocks([{ ...found, page_age: 7 }])).toMatchObject([{ kind: 'unknown', json: { page_age: 7 } }])
  })
})
