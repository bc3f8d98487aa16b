import type { ContentBlock } from '../../../src-main/contract/conversations'

/** A block as the wire has it, and the normal form it must come out in. */
export interface WireBlock {
  name: string
  wire: Record<string, unknown>
  normal: ContentBlock[]
}

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const document = {
  kind: 'document' as const,
  title: null,
  mediaType: null,
  text: null,
  reference: null,
  byteLength: null,
}
const result = { kind: 'tool-result' as const, isError: false, content: [] as unknown[], text: '' }

function unknown(wire: Record<string, unknown>): ContentBlock {
  return { kind: 'unknown', wireType: String(wire.type), json: wire }
}

function asIs(name: string, wire: Record<string, unknown>): WireBlock {
  return { name, wire, normal: [unknown(wire)] }
}

/** Every kind of block that the Messages API defines, stable and beta, and some that it does not. */
export const wireBlocks: WireBlock[] = [
  { name: 'text', wire: { type: 'text', text: 'Hello' }, normal: [{ kind: 'text', text: 'Hello' }] },
  {
    name: 'text with citations',
    wire: { type: 'text', text: 'Cited', citations: [{ type: 'char_location', cited_text: 'x', document_index: 0 }] },
    normal: [
      { kind: 'text', text: 'Cited', citations: [{ type: 'char_location', cited_text: 'x', document_index: 0 }] },
    ],
  },
  {
    name: 'text without citations, said so',
    wire: { type: 'text', text: 'Plain', citations: null },
    normal: [{ kind: 'text', text: 'Plain' }],
  },
  {
    name: 'thinking',
    wire: { type: 'thinking', thinking: 'Let me see.', signature: 'EqQB' },
    normal: [{ kind: 'thinking', text: 'Let me see.', redacted: false }],
  },
  {
    name: 'thinking that was omitted',
    wire: { type: 'thinking', thinking: '', signature: 'EqQB' },
    normal: [{ kind: 'thinking', text: '', redacted: false }],
  },
  {
    name: 'redacted thinking',
    wire: { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' },
    normal: [{ kind: 'thinking', text: '', redacted: true }],
  },
  {
    name: 'tool use',
    wire: { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' }, caller: { type: 'direct' } },
    normal: [{ kind: 'tool-use', id: 'toolu_1', name: 'Bash', input: { command: 'ls' }, origin: 'client' }],
  },
  {
    name: 'server tool use',
    wire: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
    normal: [{ kind: 'tool-use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' }, origin: 'server' }],
  },
  {
    name: 'MCP tool use',
    wire: { type: 'mcp_tool_use', id: 'mcptoolu_1', name: 'echo', server_name: 'files', input: { a: 1 } },
    normal: [{ kind: 'tool-use', id: 'mcptoolu_1', name: 'echo', input: { a: 1 }, origin: 'mcp', serverName: 'files' }],
  },
  {
    name: 'tool result of one text',
    wire: { type: 'tool_result', tool_use_id: 'toolu_1', content: 'done' },
    normal: [{ ...result, toolUseId: 'toolu_1', wireType: 'tool_result', text: 'done' }],
  },
  {
    name: 'tool result without content',
    wire: { type: 'tool_result', tool_use_id: 'toolu_1' },
    normal: [{ ...result, toolUseId: 'toolu_1', wireType: 'tool_result' }],
  },
  {
    name: 'failed tool result of texts, a picture and a reference',
    wire: {
      type: 'tool_result',
      tool_use_id: 'toolu_1',
      is_error: true,
      content: [
        { type: 'text', text: 'one' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
        { type: 'text', text: 'two' },
        { type: 'tool_reference', tool_name: 'Grep' },
      ],
    },
    normal: [
      {
        ...result,
        toolUseId: 'toolu_1',
        wireType: 'tool_result',
        isError: true,
        text: 'one\ntwo',
        content: [
          { kind: 'image', mediaType: 'image/png', data: png, reference: null },
          { kind: 'unknown', wireType: 'tool_reference', json: { type: 'tool_reference', tool_name: 'Grep' } },
        ],
      },
    ],
  },
  {
    name: 'web search result',
    wire: {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_1',
      content: [
        { type: 'web_search_result', url: 'https://a.example', title: 'A', page_age: 'May 1', encrypted_content: 'Zz' },
      ],
    },
    normal: [
      {
        ...result,
        toolUseId: 'srvtoolu_1',
        wireType: 'web_search_tool_result',
        content: [{ ...document, title: 'A', reference: 'https://a.example', pageAge: 'May 1' }],
      },
    ],
  },
  {
    name: 'web search that failed',
    wire: {
      type: 'web_search_tool_result',
      tool_use_id: 'srvtoolu_1',
      content: { type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' },
    },
    normal: [
      {
        ...result,
        toolUseId: 'srvtoolu_1',
        wireType: 'web_search_tool_result',
        isError: true,
        text: 'max_uses_exceeded',
      },
    ],
  },
  {
    name: 'web fetch result',
    wire: {
      type: 'web_fetch_tool_result',
      tool_use_id: 'srvtoolu_2',
      content: {
        type: 'web_fetch_result',
        url: 'https://a.example/p',
        content: { type: 'document', title: 'P', source: { type: 'text', media_type: 'text/plain', data: 'Page' } },
      },
    },
    normal: [
      {
        ...result,
        toolUseId: 'srvtoolu_2',
        wireType: 'web_fetch_tool_result',
        content: [
          { ...document, title: 'P', mediaType: 'text/plain', text: 'Page' },
          { kind: 'unknown', wireType: 'web_fetch_result', json: { url: 'https://a.example/p' } },
        ],
      },
    ],
  },
  ...['code_execution', 'bash_code_execution'].map((tool) => ({
    name: `${tool} result`,
    wire: {
      type: `${tool}_tool_result`,
      tool_use_id: 'srvtoolu_3',
      content: { type: `${tool}_result`, stdout: 'out', stderr: 'err', return_code: 1, content: [] },
    },
    normal: [
      {
        ...result,
        toolUseId: 'srvtoolu_3',
        wireType: `${tool}_tool_result`,
        text: 'out\nerr',
        content: [{ kind: 'unknown', wireType: `${tool}_result`, json: { return_code: 1 } }],
      },
    ],
  })),
  {
    name: 'text editor result',
    wire: {
      type: 'text_editor_code_execution_tool_result',
      tool_use_id: 'srvtoolu_4',
      content: { type: 'text_editor_code_execution_view_result', file_type: 'text', content: 'line 1', num_lines: 1 },
    },
    normal: [
      {
        ...result,
        toolUseId: 'srvtoolu_4',
        wireType: 'text_editor_code_execution_tool_result',
        text: 'line 1',
        content: [
          {
            kind: 'unknown',
            wireType: 'text_editor_code_execution_view_result',
            json: { file_type: 'text', num_lines: 1 },
          },
        ],
      },
    ],
  },
  {
    name: 'tool search result',
    wire: {
      type: 'tool_search_tool_result',
      tool_use_id: 'srvtoolu_5',
      content: { type: 'tool_search_tool_search_result', tool_references: [{ tool_name: 'Grep' }] },
    },
    normal: [
      {
        ...result,
        toolUseId: 'srvtoolu_5',
        wireType: 'tool_search_tool_result',
        content: [
          {
            kind: 'unknown',
            wireType: 'tool_search_tool_search_result',
            json: { tool_references: [{ tool_name: 'Grep' }] },
          },
        ],
      },
    ],
  },
  {
    name: 'MCP tool result',
    wire: {
      type: 'mcp_tool_result',
      tool_use_id: 'mcptoolu_1',
      is_error: false,
      content: [{ type: 'text', text: 'hi' }],
    },
    normal: [{ ...result, toolUseId: 'mcptoolu_1', wireType: 'mcp_tool_result', text: 'hi' }],
  },
  {
    name: 'adviser result',
    wire: {
      type: 'advisor_tool_result',
      tool_use_id: 'srvtoolu_6',
      content: { type: 'advisor_result', text: 'Wait.' },
    },
    normal: [{ ...result, toolUseId: 'srvtoolu_6', wireType: 'advisor_tool_result', text: 'Wait.' }],
  },
  {
    name: 'image as data',
    wire: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
    normal: [{ kind: 'image', mediaType: 'image/png', data: png, reference: null }],
  },
  {
    name: 'image by URL',
    wire: { type: 'image', source: { type: 'url', url: 'https://a.example/i.png' } },
    normal: [{ kind: 'image', mediaType: null, data: null, reference: 'https://a.example/i.png' }],
  },
  {
    name: 'image by file',
    wire: { type: 'image', source: { type: 'file', file_id: 'file_1' } },
    normal: [{ kind: 'image', mediaType: null, data: null, reference: 'file_1' }],
  },
  {
    name: 'PDF',
    wire: {
      type: 'document',
      title: 'Lease',
      context: 'Signed in May',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjQK' },
      citations: { enabled: true },
    },
    normal: [{ ...document, title: 'Lease', context: 'Signed in May', mediaType: 'application/pdf', byteLength: 9 }],
  },
  {
    name: 'document of text',
    wire: { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Words' } },
    normal: [{ ...document, mediaType: 'text/plain', text: 'Words' }],
  },
  {
    name: 'document of blocks',
    wire: {
      type: 'document',
      title: 'Mixed',
      source: {
        type: 'content',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image', source: { type: 'file', file_id: 'file_2' } },
          { type: 'text', text: 'b' },
        ],
      },
    },
    normal: [
      { ...document, title: 'Mixed', text: 'a\nb' },
      { kind: 'image', mediaType: null, data: null, reference: 'file_2' },
    ],
  },
  {
    name: 'document of one string',
    wire: { type: 'document', source: { type: 'content', content: 'whole' } },
    normal: [{ ...document, text: 'whole' }],
  },
  {
    name: 'document by URL',
    wire: { type: 'document', source: { type: 'url', url: 'https://a.example/d.pdf' } },
    normal: [{ ...document, reference: 'https://a.example/d.pdf' }],
  },
  {
    name: 'document by file',
    wire: { type: 'document', source: { type: 'file', file_id: 'file_3' } },
    normal: [{ ...document, reference: 'file_3' }],
  },
  {
    name: 'search result of the caller',
    wire: {
      type: 'search_result',
      source: 'https://wiki.example/1',
      title: 'Wiki',
      content: [{ type: 'text', text: 'found' }],
      citations: { enabled: true },
    },
    normal: [{ ...document, title: 'Wiki', text: 'found', reference: 'https://wiki.example/1' }],
  },
  asIs('container upload', { type: 'container_upload', file_id: 'file_4' }),
  asIs('compaction', { type: 'compaction', content: 'So far: …' }),
  asIs('fallback', { type: 'fallback', from: { model: 'a' }, to: { model: 'b' }, trigger: { type: 'refusal' } }),
  asIs('list of MCP tools', { type: 'mcp_tool_listing', server_name: 'files', tools: [] }),
  asIs('tool addition', { type: 'tool_addition', tools: [{ name: 'x' }] }),
  asIs('tool removal', { type: 'tool_removal', names: ['x'] }),
  asIs('a kind of next year', { type: 'hologram', voxels: [1, 2, 3] }),
  asIs('an image without a source', { type: 'image', url: 'x' }),
  asIs('a text without text', { type: 'text', txt: 'x' }),
  asIs('a tool use whose name is no text', { type: 'tool_use', id: 'x', name: { a: 1 }, input: {} }),
  {
    name: 'a text with a field that it does not have yet',
    wire: { type: 'text', text: 'Old', mood: 'new' },
    normal: [
      { kind: 'text', text: 'Old' },
      { kind: 'unknown', wireType: 'other fields', json: { mood: 'new' } },
    ],
  },
]
