import * as fc from '../fakes/seeded-check'
import { describe, expect, test } from 'vitest'
import { CsvProblem, decodeCsv, parseCsv, readConsoleCsv } from '../../src-renderer/screens/reconciliation/console-csv'

const head =
  'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed'
const line = (day: string, model: string, cost: string, list = cost) =>
  `${day},${model},Default,key,message,≤ 200k,output,${cost},${list},token,not_available,`

describe('a cost file of the console', () => {
  test('is summed by day and model', () => {
    const file = readConsoleCsv(
      [
        head,
        line('2026-11-20', 'Claude Haiku 4.5', '0.05'),
        line('2026-11-20', 'Claude Haiku 4.5', '0.02', '0.04'),
        line('2026-11-21', 'Claude Opus 5', '1.5'),
        line('2026-11-21', '', '0.01'),
      ].join('\r\n'),
    )
    expect(file.columns).toEqual({ day: 'usage_date_utc', model: 'model', cost: 'cost_usd', list: 'list_price_usd' })
    expect(file.costs.map(({ day, model, costUsd }) => [day, model, Number(costUsd.toFixed(9))])).toEqual([
      ['2026-11-20', 'Claude Haiku 4.5', 0.07],
      ['2026-11-21', '', 0.01],
      ['2026-11-21', 'Claude Opus 5', 1.5],
    ])
    expect(file.costs[0]!.listUsd).toBeCloseTo(0.09, 12)
    expect(file.refused).toEqual({ count: 0, first: null })
  })

  test.each([
    ['Date;Model;Cost (USD)\n2026-11-20;opus;1.5\n', 'semicolons'],
    ['"Start date"\t"Model name"\t"Total cost"\n2026-11-20T00:00:00Z\topus\t$1.50\n', 'tabs, quotes, a time'],
    ['\uFEFFday,model_version,amount\r\n11/20/2026,opus,1.5', 'a mark at the start and no last line end'],
    ['cost_type,model,date,spend\ntoken,opus,2026-11-20,"1.5"\n\n\n', 'another order and empty lines'],
  ])('%j: %s', (text) => {
    expect(readConsoleCsv(text).costs).toEqual([{ day: '2026-11-20', model: 'opus', costUsd: 1.5, listUsd: null }])
  })

  test.each([
    ['1234.5', 1234.5],
    ['$1,234.50', 1234.5],
    ['(0.25)', -0.25],
    ['-0.25', -0.25],
    ['.5', 0.5],
    ['1e-7', 1e-7],
    ['"1,000,000"', 1_000_000],
    [`'0.5`, 0.5],
  ])('reads the amount %s', (cost, usd) => {
    expect(
      readConsoleCsv(`date,model,cost\n2026-11-20,m,${cost === '$1,234.50' ? `"${cost}"` : cost}`).costs[0]!.costUsd,
    ).toBe(usd)
  })

  test('tells what it left out, and why', () => {
    const text = 'date,model,cost\n2026-02-30,m,1\n2026-11-20,m,=1+1\n2026-11-20,m,2\n20.11.2026,m,1'
    const { costs, refused } = readConsoleCsv(text)
    expect(costs).toHaveLength(1)
    expect(refused).toEqual({ count: 3, first: 'line 2: “2026-02-30” is no day' })
  })

  test.each([
    ['', 'The file is empty.'],
    ['a,b\n1,2', 'No column holds a date, a model, a cost in dollars. The columns are: a, b.'],
    ['date,model,cost\nx,y,z', 'No line could be read; line 2: “x” is no day.'],
    ['date,model,cost\n2026-11-20,"m,1', 'A quote is opened and never closed: the file was cut off.'],
  ])('that cannot be read says so: %j', (text, message) => {
    expect(() => readConsoleCsv(text)).toThrow(new CsvProblem(message))
  })
})

test('text is UTF-8 or UTF-16, by its mark', () => {
  const utf16 = new Uint8Array([0xff, 0xfe, 0x61, 0x00])
  expect(decodeCsv(utf16)).toBe('a')
  expect(decodeCsv(new TextEncoder().encode('ä'))).toBe('ä')
  expect(() => decodeCsv(new Uint8Array([0x61, 0xff, 0x62]))).toThrow(CsvProblem)
})

test('whatever fields hold comes back as it was', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'b', ',', ';', '"', '\n', '\r', ' ', '=') })
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
      const text = ['h,h,h,h,h,h,h,h', ...rows.map((row) => row.map(quote).join(','))].join('\r\n')
      expect(parseCsv(text).slice(1)).toEqual(rows)
    }),
  )
})
