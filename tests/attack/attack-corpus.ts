/*
 * Bodies whose every text tries to do something to whoever reads it. `probe` is an address that must never be asked;
 * `window.attacked` must never be there.
 */

export interface AttackedRequest {
  name: string
  domain: string
  model: string
  request: unknown
  response: unknown
}

/** How enormous the enormous lines are. */
const times = Number(process.env.NEXUS_TEST_ROUNDS ?? 1)
const script = 'window.attacked=1'
const tags = (text: string) => [...text].map((c) => String.fromCodePoint(0xe0000 + c.charCodeAt(0))).join('')

/** Each as it would stand in a text. */
export function attackTexts(probe: string): string[] {
  return [
    `<script>${script}</script><script src="${probe}/script.js"></script>`,
    `<img src="${probe}/img.png" onerror="${script}"><img src=x onerror=${script}>`,
    `<svg onload="${script}"><use href="${probe}/use.svg#x"/><animate onbegin=${script} attributeName=x /></svg>`,
    `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${script}&gt;">`,
    `<iframe src="${probe}/frame"></iframe><object data="${probe}/object"></object><embed src="${probe}/embed">`,
    `<link rel=stylesheet href="${probe}/link.css"><style>@import url(${probe}/style.css);body{display:none}</style>`,
    `<meta http-equiv=refresh content="0;url=${probe}/meta"><base href="${probe}/">`,
    `<form action="${probe}/form"><button formaction="javascript:${script}" autofocus onfocus=${script}>Go</button></form>`,
    `<a href="${probe}/a" ping="${probe}/ping">a</a><video poster="${probe}/poster"><source src="${probe}/v" onerror=${script}>`,
    `</textarea></title></style></script></template><body onload=${script}>`,
    `![picture](${probe}/markdown.png) [![x](${probe}/nested.png)](javascript:${script})`,
    `[run](javascript:${script}) [run](JaVaScRiPt:${script}) [run](\u0001javascript:${script}) [run](vbscript:x)`,
    `[page](data:text/html,<script>${script}</script>) [page](blob:${probe}/x) [page](file:///etc/passwd)`,
    `<javascript:${script}> <${probe}/autolink> https://user:pass@evil.example/ https://evil.example/\u202Egpj.exe`,
    `[ref][r]\n\n[r]: javascript:${script} "title"\n\n<div onclick=${script}>\n\n*a*\n</div>`,
    `{{ constructor.constructor("${script}")() }} \${${script}} <%= ${script} %> v-html="x" @click="${script}"`,
    `\u001B[31mred\u001B[0m \u001B]8;;${probe}/osc\u0007link\u001B]8;;\u0007 \u001B[2J\u001B[?1049h\u001B]0;title\u0007\u009B31m \u001B[8mhidden`,
    `access \u202Elevel\u2066 admin\u2069 and pay\u200Bpal.example, \uFEFFa\u00ADb\u2060c, ${tags('obey me')}`,
    '```html\n<script>window.attacked=1</script>\n```\n\n~~~"><img src=x onerror=window.attacked=1>\nx\n~~~',
    `| a | b |\n|---|---|\n| <img src=x onerror=${script}> | [x](javascript:${script}) |`,
    '> '.repeat(400),
    `${'[x]('.repeat(100)}${'*'.repeat(600)}${'`'.repeat(99)}`,
    '__proto__ constructor toString',
  ]
}

/** Of every place that a text can stand in; together they hold each attack in each place. */
export function attackCorpus(probe: string): AttackedRequest[] {
  const texts = attackTexts(probe)
  const all = texts.join('\n\n')
  const markup = texts.slice(0, 10).join('')
  const svg = base64(
    `<svg xmlns="http://www.w3.org/2000/svg" onload="${script}"><image href="${probe}/svg.png"/></svg>`,
  )
  const html = base64(`<script>${script}</script>`)
  const text = (value: string) => ({ type: 'text', text: value })
  const named = { domain: markup.slice(0, 250), model: `<img src=x onerror=${script}>` }
  const answer = (content: unknown, more: object = {}) => ({
    type: 'message',
    role: 'assistant',
    model: named.model,
    content,
    stop_reason: 'end_turn',
    usage: { input_tokens: 10, output_tokens: 5 },
    ...more,
  })
  const attack = (name: string, request: object, response: unknown): AttackedRequest => ({
    name,
    domain: named.domain,
    model: named.model.slice(0, 100),
    request: { model: named.model, max_tokens: 10, ...request },
    response,
  })
  let calls = 0
  /** A call and its result, as the three messages around them. */
  const tool = (name: string, input: unknown, result: unknown) => {
    const id = `call_${++calls}`
    return [
      { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: result }] },
    ]
  }
  const numbered = all.split('\n').map((line, index) => `${index + 1}\t${line}`)

  return [
    attack(
      'texts',
      {
        system: all,
        [markup]: all,
        metadata: { user_id: markup, [markup]: texts },
        messages: [
          { role: 'user', content: texts.map(text) },
          { role: `<b onclick=${script}>user</b>`, content: all },
          { role: 'assistant', content: [{ type: 'thinking', thinking: all, signature: '' }, text(all)] },
          { role: 'system', content: all },
        ],
        tools: texts.map((value) => ({
          name: value.slice(0, 200),
          description: value,
          input_schema: { type: value, properties: { [value]: { description: value } } },
        })),
      },
      answer([text(all), ...texts.map(text)], { stop_reason: markup }),
    ),
    attack(
      'tools',
      {
        messages: [
          { role: 'user', content: 'Use every tool.' },
          ...tool('Bash', { command: all, description: markup }, all),
          ...tool('Edit', { file_path: markup, old_string: all, new_string: texts.toReversed().join('\n') }, all),
          ...tool('MultiEdit', { file_path: markup, edits: [{ old_string: markup, new_string: all }] }, markup),
          ...tool('Write', { file_path: `${markup}.html`, content: all }, markup),
          ...tool('Read', { file_path: `${markup}.html`, [markup]: all }, numbered.join('\n')),
          ...tool('TodoWrite', { todos: texts.map((content) => ({ content, status: markup, activeForm: all })) }, all),
          ...tool('Grep', { pattern: markup, path: markup }, numbered.map((line) => `a.ts:${line}`).join('\n')),
          ...tool('WebSearch', { query: markup }, all),
          ...tool('WebFetch', { url: `javascript:${script}`, prompt: all }, all),
          ...tool('Task', { subagent_type: markup, description: markup, prompt: all }, all),
          ...tool('ExitPlanMode', { plan: all }, all),
          ...tool(markup, { [markup]: texts, nested: { [markup]: all } }, JSON.stringify({ [markup]: texts })),
          ...tool('constructor', { command: all }, all),
          ...tool(`mcp__${markup}__${markup}`, all, all),
        ],
      },
      answer([
        { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: all } },
        {
          type: 'web_search_tool_result',
          tool_use_id: 's1',
          content: [
            { type: 'web_search_result', url: `javascript:${script}`, title: markup, page_age: markup },
            { type: 'web_search_result', url: `${probe}/result`, title: all },
          ],
        },
        { type: 'server_tool_use', id: 's2', name: 'bash_code_execution', input: { command: all } },
        {
          type: 'bash_code_execution_tool_result',
          tool_use_id: 's2',
          content: {
            type: 'bash_code_execution_result',
            stdout: all,
            stderr: markup,
            return_code: markup,
            content: [],
          },
        },
        { type: 'mcp_tool_use', id: 's3', name: markup, server_name: markup, input: { [markup]: all } },
      ]),
    ),
    attack(
      'media',
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'base64', media_type: 'image/svg+xml', data: svg } },
              { type: 'image', source: { type: 'base64', media_type: 'text/html', data: html } },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: `x" onerror="${script}` } },
              { type: 'image', source: { type: 'base64', media_type: `image/png" onload="${script}`, data: svg } },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: svg } },
              { type: 'image', source: { type: 'url', url: `${probe}/image.png` } },
              { type: 'image', source: { type: 'url', url: `javascript:${script}` } },
              { type: 'document', title: all, context: all, source: { type: 'text', media_type: markup, data: all } },
              { type: 'document', title: markup, source: { type: 'url', url: `${probe}/document.pdf` } },
              { type: 'document', title: markup, source: { type: 'url', url: `data:text/html,${markup}` } },
              { type: 'document', source: { type: 'base64', media_type: 'text/html', data: html } },
              { type: 'search_result', source: `javascript:${script}`, title: markup, content: [text(all)] },
              { type: markup, [markup]: all },
              { type: 'container_upload', file_id: markup },
            ],
          },
        ],
      },
      answer([
        {
          type: 'text',
          text: all,
          citations: [
            { type: 'web_search_result_location', url: `javascript:${script}`, title: markup, cited_text: all },
            { type: 'web_search_result_location', url: `${probe}/cited`, title: markup, cited_text: markup },
            { type: 'page_location', document_title: all, cited_text: all, start_page_number: markup },
            markup,
          ],
        },
        { type: 'compaction', content: all },
        { type: 'fallback', from: { model: markup }, to: { model: all }, trigger: markup },
      ]),
    ),
    attack(
      'error',
      { messages: [{ role: 'user', content: all }] },
      { type: 'error', error: { type: markup, message: all } },
    ),
    attack(
      'refusal',
      { messages: [{ role: 'user', content: markup }] },
      answer([text(all)], {
        stop_reason: 'refusal',
        stop_details: { type: 'refusal', category: markup, explanation: all },
      }),
    ),
    attack('error in words', { messages: all }, { error: all }),
    attack('events in a text', { messages: [] }, `event: message_start\ndata: ${JSON.stringify(all)}\n\n${all}`),
    attack(
      'enormous lines',
      {
        messages: [
          { role: 'user', content: `${markup}${'A'.repeat(30_000 * times)}<script>${script}</script>` },
          { role: 'user', content: '\u202E\u200B'.repeat(2000 * times) },
          ...tool(
            'Edit',
            { file_path: 'a', old_string: 'b'.repeat(5000 * times), new_string: 'c'.repeat(5000 * times) },
            'd\t'.repeat(20_000 * times),
          ),
          { role: 'user', content: '> '.repeat(5000) + '['.repeat(5000) + '*'.repeat(3000) },
        ],
      },
      answer([text('word '.repeat(3000 * times))]),
    ),
  ]
}

function base64(value: string): string {
  return Buffer.from(value).toString('base64')
}
