import type { EventSourceMessage } from 'eventsource-parser'
import { describe, expect, test } from 'vitest'
import { createEventReader } from '../../src-main/live/event-reader'

/*
 * The cases of the web platform's own tests for event streams (eventsource/format-*), as bytes and what a reader must
 * make of them, each cut at every place.
 */

function read(pieces: Uint8Array[]) {
  const events: Partial<EventSourceMessage>[] = []
  const retries: number[] = []
  const reader = createEventReader({
    event: ({ data, event, id }) =>
      events.push({ data, ...(event !== undefined && { event }), ...(id !== undefined && { id }) }),
    retry: (ms) => retries.push(ms),
  })
  for (const piece of pieces) reader.push(piece)
  return { events, retries }
}

const long = 'x'.repeat(2048)
const cases: [string, string, Partial<EventSourceMessage>[], number[]?][] = [
  ['bom', '\uFEFFdata:1\n\n\uFEFFdata:2\n\ndata:3\n\n', [{ data: '1' }, { data: '3' }]],
  ['bom-2', '\uFEFF\uFEFFdata:1\n\ndata:2\n\ndata:3\n\n', [{ data: '2' }, { data: '3' }]],
  [
    'comments',
    `data:1\r:\0\n:\r\ndata:2\n:${long}\rdata:3\n:data:fail\r:${long}\ndata:4\n\n`,
    [{ data: '1\n2\n3\n4' }],
  ],
  ['data-before-final-empty-line', 'retry:1000\ndata:test1\n\nid:test\ndata:test2', [{ data: 'test1' }], [1000]],
  ['field-data', 'data:\n\ndata\ndata\n\ndata:test', [{ data: '' }, { data: '\n' }]],
  ['field-event', 'event:test\ndata:x\n\ndata:x\n\n', [{ data: 'x', event: 'test' }, { data: 'x' }]],
  ['field-event-empty', 'event: \ndata:data\n\n', [{ data: 'data' }]],
  ['field-id', 'id: …\nretry:200\ndata:hello\n\n', [{ data: 'hello', id: '…' }], [200]],
  ['field-id-null', 'id:a\0b\ndata:x\n\n', [{ data: 'x' }]],
  [
    'field-parsing',
    'data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n',
    [{ data: '\0\n 2\n1\n3\n\n4' }],
  ],
  ['field-retry', 'retry:3000\ndata:x\n\n', [{ data: 'x' }], [3000]],
  ['field-retry-bogus', 'retry:3000\nretry:1000x\ndata:x\n\n', [{ data: 'x' }], [3000]],
  ['field-retry-empty', 'retry\ndata:test\n\n', [{ data: 'test' }]],
  [
    'field-unknown',
    'data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n',
    [{ data: 'test\n\ntest' }],
  ],
  ['leading-space', 'data:\ttest\rdata: \ndata:test\n\n', [{ data: '\ttest\n\ntest' }]],
  ['newlines', 'data:test\r\ndata\ndata:test\r\n\r', [{ data: 'test\n\ntest' }]],
  ['null-character', 'data:\0\n\n\n\n', [{ data: '\0' }]],
  ['utf-8', 'data:ok…\n\n', [{ data: 'ok…' }]],
]

describe.each(cases)('%s', (_, text, events, retries = []) => {
  const bytes = Buffer.from(text)
  test('in one piece', () => {
    expect(read([bytes])).toEqual({ events, retries })
  })
  test('byte by byte', () => {
    expect(read([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual({ events, retries })
  })
  test('cut in two, anywhere', () => {
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(read([bytes.subarray(0, cut), bytes.subarray(cut)]).events).toEqual(events)
    }
  })
})

test('broken UTF-8 becomes replacement characters and ends nothing', () => {
  const bytes = Buffer.concat([Buffer.from('data:a'), Buffer.from([0xff, 0xe2, 0x80]), Buffer.from('\n\ndata:b\n\n')])
  expect(read([bytes]).events).toEqual([{ data: 'a\uFFFD\uFFFD' }, { data: 'b' }])
})

test('an event without an end is refused before it fills the memory', () => {
  const reader = createEventReader({ event() {}, retry() {} })
  const line = Buffer.from(`data:${'x'.repeat(1_000_000)}\n`)
  expect(() => {
    for (let n = 0; n < 100; n++) reader.push(line)
  }).toThrow(expect.objectContaining({ code: 'feed-not-a-stream' }))
})
