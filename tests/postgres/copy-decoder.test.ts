import { describe, expect, test } from 'vitest'
import type { RequestBatch } from '../../src-main/core/ports'
import { batchRows, createCopyDecoder } from '../../src-main/postgres/copy-decoder'
import { createTextDictionary } from '../../src-main/postgres/text-dictionary'
import { toRows } from './fixtures'

type Field = Buffer | null

const header = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])
const trailer = Buffer.from([0xff, 0xff])

function row(fields: Field[]): Buffer {
  const count = Buffer.alloc(2)
  count.writeInt16BE(fields.length)
  return Buffer.concat([
    count,
    ...fields.flatMap((field) => {
      const length = Buffer.alloc(4)
      length.writeInt32BE(field ? field.length : -1)
      return field ? [length, field] : [length]
    }),
  ])
}

const int4 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const time = (us: bigint) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(us - 946_684_800_000_000n)
  return bytes
}
const full = (n: number, domain: string): Field[] => [
  Buffer.alloc(16, n),
  time(1_700_000_000_123_456n + BigInt(n)),
  Buffer.from(domain),
  Buffer.from('claude-sonnet-5'),
  null,
  int4(n),
  int4(-n),
  null,
  Buffer.from([1]),
  Buffer.from([1]),
  null,
]

function decode(pieces: Buffer[], firstBatchRows?: number): RequestBatch[] {
  const batches: RequestBatch[] = []
  const decoder = createCopyDecoder((batch) => batches.push(batch), firstBatchRows)
  for (const piece of pieces) decoder.push(piece)
  return [...batches, decoder.finish()]
}

describe('the COPY decoder', () => {
  const stream = Buffer.concat([
    header,
    row(full(1, 'acme.com')),
    row([Buffer.alloc(16, 2), time(-1n), null, null, null, null, null, null, null, null, null]),
    row(full(3, 'ünï 😀')),
    trailer,
  ])
  const expected = toRows(decode([stream])[0]!)

  test('reads values, nulls and times before 1970 exactly', () => {
    expect(
      expected.map(({ domain, timestampUs, outputTokens, stream }) => [domain, timestampUs, outputTokens, stream]),
    ).toEqual([
      ['acme.com', 1_700_000_000_123_457, -1, true],
      [null, -1, null, null],
      ['ünï 😀', 1_700_000_000_123_459, -3, true],
    ])
  })

  test('gives the same rows wherever the stream is cut in two', () => {
    for (let cut = 0; cut <= stream.length; cut++) {
      expect(toRows(decode([stream.subarray(0, cut), stream.subarray(cut)])[0]!)).toEqual(expected)
    }
  })

  test('gives the same rows byte by byte', () => {
    expect(toRows(decode([...stream].map((byte) => Buffer.from([byte])))[0]!)).toEqual(expected)
  })

  test('hands over full batches and keeps their texts apart', () => {
    const count = batchRows * 2 + 7
    const rows = Array.from({ length: count }, (_, n) => row(full(n % 256, `domain-${n % 300}`)))
    const batches = decode([header, ...rows, trailer], 100)
    expect(batches.map(({ length }) => length)).toEqual([100, batchRows, count - batchRows - 100])
    expect(batches.flatMap((batch) => toRows(batch).map(({ domain }) => domain))).toEqual(
      rows.map((_, n) => `domain-${n % 300}`),
    )
  })

  test.each([
    ['no header', [Buffer.from('COPY is not allowed here, says a pooler')]],
    ['another number of fields', [header, row([null]), trailer]],
    ['no trailer', [header, row(full(1, 'a'))]],
    ['nothing', []],
  ])('%s is an error and never an empty table', (_, pieces) => {
    expect(() => decode(pieces)).toThrow(/COPY/)
  })

  test('a row without an id or a time is left out', () => {
    expect(decode([header, row([null, ...full(1, 'a').slice(1)]), row(full(2, 'b')), trailer])[0]!.length).toBe(1)
  })
})

describe('the text dictionary', () => {
  test('gives one code a text, also for texts whose hashes are equal', () => {
    const dictionary = createTextDictionary()
    const code = (text: string) => {
      const bytes = Buffer.from(text)
      return dictionary.code(bytes, 0, bytes.length)
    }
    // FNV-1a of these pairs is the same 32 bits.
    const texts = ['costarring', 'liquid', 'declinate', 'macallums', 'altarage', 'zinke', '']
    for (let n = 0; n < 5000; n++) texts.push(`text ${n}`)
    const codes = texts.map(code)
    expect(new Set(codes).size).toBe(texts.length)
    expect(texts.map(code)).toEqual(codes)
    expect(codes.map((each) => dictionary.values[each - 1])).toEqual(texts)
  })
})
