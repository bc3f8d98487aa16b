import { textBlock, toolUse, type Block } from '../blocks'
import { Conversation } from '../conversation'
import type { SampleRequest } from '../sample-request'
import { SeedRandom } from '../seed-random'
import { Transcript, type AnswerOptions, type TranscriptOptions } from '../transcript'

/** Something of the API that somebody tries out: what is sent, and what comes back. */
interface Trial {
  name: string
  transcript?: TranscriptOptions
  /** The first message, or the first few with their roles. */
  said: string | Block[] | { role: string; content: string | Block[] }[]
  answer: Block[]
  options?: AnswerOptions
}

const serverTools = (...tools: [type: string, name: string][]) =>
  JSON.stringify(tools.map(([type, name]) => ({ type, name })))
const call = (name: string, input: Record<string, unknown>): Block => ({
  type: 'server_tool_use',
  id: 'srvtoolu_01trial',
  name,
  input,
})
const result = (type: string, content: unknown): Block => ({ type, tool_use_id: 'srvtoolu_01trial', content })

const trials: readonly Trial[] = [
  {
    name: 'code execution',
    transcript: { tools: serverTools(['code_execution_20250825', 'code_execution']) },
    said: [
      textBlock('What is the median of 12, 7, 31, 4 and 19? Use code.'),
      { type: 'container_upload', file_id: 'file_01prices' },
    ],
    answer: [
      call('bash_code_execution', {
        command: 'python3 -c "import statistics; print(statistics.median([12, 7, 31, 4, 19]))"',
      }),
      result('bash_code_execution_tool_result', {
        type: 'bash_code_execution_result',
        stdout: '12\n',
        stderr: '',
        return_code: 0,
        content: [],
      }),
      call('text_editor_code_execution', { command: 'create', path: 'median.txt', file_text: '12' }),
      result('text_editor_code_execution_tool_result', {
        type: 'text_editor_code_execution_create_result',
        is_file_update: false,
      }),
      textBlock('The median is 12. I also wrote it to `median.txt`.'),
    ],
    options: { message: { container: { id: 'container_01trial', expires_at: '2027-01-01T00:00:00Z' } } },
  },
  {
    name: 'code execution, older tool',
    transcript: { tools: serverTools(['code_execution_20250522', 'code_execution']) },
    said: 'How many days lie between 3 March and 19 November 2026?',
    answer: [
      call('code_execution', {
        code: 'from datetime import date\nprint((date(2026, 11, 19) - date(2026, 3, 3)).days)',
      }),
      result('code_execution_tool_result', {
        type: 'code_execution_result',
        stdout: '261\n',
        stderr: '',
        return_code: 0,
        content: [],
      }),
      textBlock('There are 261 days between them.'),
    ],
  },
  {
    name: 'tool search',
    transcript: { tools: serverTools(['tool_search_tool_regex_20251119', 'tool_search_tool_regex']) },
    said: 'Which of our tools can cancel an order?',
    answer: [
      call('tool_search_tool_regex', { pattern: 'cancel.*order' }),
      result('tool_search_tool_result', {
        type: 'tool_search_tool_search_result',
        tool_references: [{ type: 'tool_reference', tool_name: 'cancel_order' }],
      }),
      textBlock('`cancel_order` does that. It wants the order number and a reason.'),
    ],
  },
  {
    name: 'search results as input',
    said: [
      {
        type: 'search_result',
        source: 'https://handbook.example/leave',
        title: 'Parental leave',
        content: [textBlock('Leave is asked for eight weeks before it begins.')],
        citations: { enabled: true },
      },
      textBlock('How early do I have to ask?'),
    ],
    answer: [
      {
        type: 'text',
        text: 'Eight weeks before the leave begins.',
        citations: [
          {
            type: 'search_result_location',
            cited_text: 'Leave is asked for eight weeks before it begins.',
            source: 'https://handbook.example/leave',
            title: 'Parental leave',
            search_result_index: 0,
            start_block_index: 0,
            end_block_index: 1,
          },
        ],
      },
    ],
  },
  {
    name: 'remote MCP server',
    transcript: { parameters: { mcp_servers: [{ type: 'url', name: 'tracker', url: 'https://mcp.example/tracker' }] } },
    said: 'What is open for the next release?',
    answer: [
      {
        type: 'mcp_tool_use',
        id: 'mcptoolu_01trial',
        name: 'list_issues',
        server_name: 'tracker',
        input: { state: 'open' },
      },
      {
        type: 'mcp_tool_result',
        tool_use_id: 'mcptoolu_01trial',
        is_error: false,
        content: [textBlock('PLAT-311 Export fails\nPLAT-318 Slow search')],
      },
      textBlock('Two issues are open: PLAT-311 (the export fails) and PLAT-318 (search is slow).'),
    ],
  },
  {
    name: 'fallback to another model',
    said: 'Explain how a buffer overflow is found in a fuzzing report.',
    answer: [
      { type: 'fallback', from: { model: 'claude-fable-5-2' }, to: { model: 'claude-opus-5-5' }, trigger: 'refusal' },
      textBlock(
        'A fuzzer shows the shortest input that makes the program crash. Look at the sanitizer line first: it names the buffer, its size and how far past the end the write went.',
      ),
    ],
    options: {
      usage: {
        iterations: [
          { type: 'message', model: 'claude-fable-5-2', input_tokens: 24, output_tokens: 0 },
          { type: 'fallback_message', model: 'claude-opus-5-5', input_tokens: 24, output_tokens: 58 },
        ],
      },
    },
  },
  {
    name: 'compaction by the API',
    transcript: { parameters: { context_management: { edits: [{ type: 'compact_20260112' }] } } },
    said: [
      { role: 'user', content: 'Let us plan the move of the archive, step by step.' },
      {
        role: 'assistant',
        content: [
          { type: 'compaction', content: 'The archive moves in three steps: copy, verify, switch. The copy is done.' },
        ],
      },
      { role: 'user', content: 'What is left?' },
    ],
    answer: [textBlock('Verify the checksums of the copy, then switch the readers over. The copy itself is done.')],
    options: {
      usage: {
        iterations: [
          { type: 'compaction', input_tokens: 1800, output_tokens: 40 },
          { type: 'message', input_tokens: 90, output_tokens: 24 },
        ],
      },
    },
  },
  {
    name: 'system message in the middle',
    said: [
      { role: 'user', content: 'Say hello.' },
      { role: 'assistant', content: 'Hello!' },
      { role: 'system', content: 'From here on, answer in French.' },
      { role: 'user', content: 'And goodbye?' },
    ],
    answer: [textBlock('Au revoir !')],
  },
  {
    name: 'pictures and documents by reference',
    said: [
      { type: 'image', source: { type: 'url', url: 'https://images.example/floor-plan.png' } },
      { type: 'image', source: { type: 'file', file_id: 'file_01facade' } },
      { type: 'document', source: { type: 'url', url: 'https://files.example/permit.pdf' }, title: 'Permit' },
      textBlock('Does the floor plan fit the permit?'),
    ],
    answer: [textBlock('Nearly. The permit allows 84 m² on the upper floor; the plan shows 86.')],
  },
  {
    name: 'fast mode in one region',
    transcript: { parameters: { speed: 'fast', inference_geo: 'us', service_tier: 'auto' } },
    said: 'Name three tests for a date parser.',
    answer: [textBlock('A leap day, a time zone with half hours, and an empty string.')],
    options: { usage: { speed: 'fast', inference_geo: 'us', output_tokens_details: { thinking_tokens: 0 } } },
  },
  {
    name: 'cache diagnostics',
    transcript: {
      parameters: { diagnostics: { previous_message_id: 'msg_01before' } },
      caching: '5m',
      unspokenTokens: 2200,
    },
    said: 'Why was nothing read from the cache?',
    answer: [
      textBlock('The diagnostics of this answer say that the list of tools has changed since the message before.'),
    ],
    options: {
      message: { diagnostics: { cache_miss_reason: { type: 'tools_changed', cache_missed_input_tokens: 2180 } } },
    },
  },
  {
    name: 'context is full',
    said: 'Go on with the index of names from where we were.',
    answer: [textBlock('Maddox, Maguire, Mahler, Maier, Malik,')],
    options: { stopReason: 'model_context_window_exceeded' },
  },
  {
    name: 'a kind of block that nobody knows yet',
    said: [{ type: 'sketch', strokes: [[0, 0, 4, 9]], tool: 'pencil' }, textBlock('What did I draw?')],
    answer: [{ type: 'hologram', frames: 12 }, textBlock('A line that rises steeply.')],
  },
  {
    name: 'tool call without a result',
    transcript: {
      tools: JSON.stringify([{ name: 'roll_dice', description: 'Rolls dice.', input_schema: { type: 'object' } }]),
    },
    said: 'Roll two dice.',
    answer: [toolUse('toolu_01dice', 'roll_dice', { count: 2 })],
    options: { stopReason: 'tool_use' },
  },
]

/** One thing of the API is tried out. */
export function* featureTrial(conversation: Conversation): Generator<SampleRequest, void> {
  yield* tryOut(conversation, conversation.random.pick(trials))
}

/** Each is tried out, in a conversation of its own. */
export function* allFeatures({ appointment, random }: Conversation): Generator<SampleRequest, void> {
  const seed = random.hex(16)
  for (const [index, trial] of trials.entries()) {
    yield* tryOut(
      new Conversation({
        ...appointment,
        startMs: appointment.startMs + index * 45_000,
        random: new SeedRandom(seed, trial.name),
        errorShare: 0,
      }),
      trial,
    )
  }
}

function* tryOut(conversation: Conversation, trial: Trial): Generator<SampleRequest, void> {
  const transcript = new Transcript(conversation, trial.transcript ?? {})
  if (typeof trial.said === 'string') transcript.say(trial.said)
  else if (trial.said.every((part): part is Block => 'type' in part)) transcript.say(trial.said)
  else
    for (const { role, content } of trial.said as { role: string; content: string | Block[] }[])
      transcript.say(content, { role })
  yield* conversation.reply(transcript, trial.answer, trial.options)
}
