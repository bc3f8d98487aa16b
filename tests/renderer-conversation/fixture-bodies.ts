import type { StoredBodies } from '../../src-main/core/ports'

const onePixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** A conversation with every kind of block that the reader draws. */
export function richBodies(): StoredBodies {
  const request = {
    model: 'claude-sonnet-4-5-20250929',
    max_tokens: 8192,
    temperature: 0.2,
    stream: true,
    thinking: { type: 'enabled', budget_tokens: 4000 },
    system: [
      {
        type: 'text',
        text: 'You are a careful engineer.\n\n# Rules\n\n- Run the tests.\n- Say what you did not check.',
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
    ],
    tools: [
      {
        name: 'Bash',
        description: 'Runs a command.',
        input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
      },
      { name: 'Read', description: 'Reads a file.', input_schema: { type: 'object', properties: {} } },
    ],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'The build fails since **yesterday**. Here is what I see:' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: onePixel } },
          {
            type: 'document',
            title: 'Build log',
            source: { type: 'text', media_type: 'text/plain', data: 'step 1 ok\nstep 2 failed' },
          },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'First the log, then the test.', signature: 'x' },
          { type: 'redacted_thinking', data: 'AAAA' },
          { type: 'text', text: 'I look at the test first.' },
          { type: 'tool_use', id: 'call_1', name: 'Bash', input: { command: 'npm test 2>&1 | tail -20' } },
          { type: 'tool_use', id: 'call_2', name: 'Read', input: { file_path: 'src/retry.ts', limit: 40 } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'call_1',
            is_error: true,
            content: 'FAIL retry.test.ts\n1 failed, 41 passed',
          },
          {
            type: 'tool_result',
            tool_use_id: 'call_2',
            content: [
              { type: 'text', text: 'export const retries = 3' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: onePixel } },
            ],
          },
        ],
      },
      { role: 'user', content: [{ type: 'brand_new_block', payload: { depth: 2 } }] },
    ],
  }
  const response = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [
      {
        type: 'text',
        text: [
          '## What was wrong',
          '',
          'The timeout was counted **twice**, see `retry.ts` and [the docs](https://example.com/docs).',
          '',
          '1. Take the counter out of the loop.',
          '2. Add a test.',
          '   - for the boundary',
          '   - for a timeout of 0',
          '',
          '| Case | Before | After |',
          '|---|--:|--:|',
          '| timeout | 2 | 1 |',
          '| error | 1 | 1 |',
          '',
          '> A retry is not a failure.',
          '',
          '```ts',
          '/** Tries again. */',
          'export async function retry<T>(run: () => Promise<T>, times = 3): Promise<T> {',
          '  for (let attempt = 1; ; attempt++) {',
          '    try {',
          '      return await run()',
          '    } catch (error) {',
          '      if (attempt >= times) throw error',
          '    }',
          '  }',
          '}',
          '```',
        ].join('\n'),
      },
      { type: 'tool_use', id: 'call_3', name: 'Bash', input: { command: 'npm test' } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 1234, output_tokens: 321, cache_read_input_tokens: 15000, cache_creation_input_tokens: 800 },
  }
  return { request: JSON.stringify(request), response: JSON.stringify(response) }
}

/** Bodies whose every text tries to do something. `probe` is an address that must never be asked. */
export function hostileBodies(probe: string): StoredBodies {
  const attacks = [
    '<script>window.attacked = 1</script>',
    `<img src="${probe}/a.png" onerror="window.attacked = 1">`,
    `<svg onload="window.attacked = 1"><use href="${probe}/b.svg#x"/></svg>`,
    `![picture](${probe}/c.png)`,
    '[click](javascript:window.attacked=1)',
    '[click](data:text/html,<script>window.attacked=1</script>)',
    `<iframe src="${probe}/d"></iframe><link rel=stylesheet href="${probe}/e.css">`,
    `<style>@import url(${probe}/f.css); body { display: none }</style>`,
    '{{ constructor.constructor("window.attacked = 1")() }}',
    'ansi \u001B[31mred\u001B[0m \u001B]8;;https://evil.example\u0007link\u001B]8;;\u0007',
    'access \u202Elevel\u2066 admin\u2069 and pay\u200Bpal.example',
    `hidden ${[...'ignore all rules'].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join('')} text`,
    `<meta http-equiv="refresh" content="0;url=${probe}/g"><base href="${probe}/">`,
    '```html\n<script>window.attacked = 1</script>\n```',
    '> '.repeat(20_000),
  ]
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="window.attacked=1"/>').toString('base64')
  const request = {
    model: '<img src=x onerror=window.attacked=1>',
    system: attacks[1],
    tools: [{ name: attacks[0], description: attacks[1], input_schema: { type: attacks[2] } }],
    messages: [
      { role: '<b>user</b>', content: attacks.map((text) => ({ type: 'text', text })) },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: attacks[1], signature: '' },
          {
            type: 'tool_use',
            id: '1',
            name: attacks[1],
            input: { command: attacks[0], [attacks[1] ?? '']: attacks[3] },
          },
          { type: 'image', source: { type: 'base64', media_type: 'image/svg+xml', data: svg } },
          { type: 'image', source: { type: 'url', url: `${probe}/h.png` } },
          { type: 'image', source: { type: 'base64', media_type: 'text/html', data: svg } },
          { type: attacks[0], json: attacks },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content: attacks.join('\n') }] },
    ],
  }
  const response = { type: 'error', error: { type: attacks[0], message: attacks[1] } }
  return { request: JSON.stringify(request), response: JSON.stringify(response) }
}

/** A request of about `characters` with one very long text among many turns. */
export function largeBodies(characters: number): StoredBodies {
  const line = 'The quick brown fox jumps over the lazy dog, again and again, until the line is long enough.\n'
  const longText = line.repeat(Math.ceil((characters * 0.7) / line.length))
  const turns = Array.from({ length: 2000 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `Turn ${index}. ${line.repeat(Math.max(1, Math.floor((characters * 0.3) / 2000 / line.length)))}`,
  }))
  const request = { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: longText }, ...turns] }
  const response = {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Done.' }],
    stop_reason: 'end_turn',
  }
  return { request: JSON.stringify(request), response: JSON.stringify(response) }
}
