interface ToolDefinition {
  name: string
  description: string
  input: Record<string, string>
}

/** JSON text of a tools array, each input a string with its description. */
function toolsJson(definitions: readonly ToolDefinition[]): string {
  return JSON.stringify(
    definitions.map(({ name, description, input }) => ({
      name,
      description,
      input_schema: {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(input).map(([key, text]) => [key, { type: 'string', description: text }]),
        ),
        required: Object.keys(input).slice(0, 1),
      },
    })),
  )
}

const bash = {
  name: 'Bash',
  description: 'Runs a shell command.',
  input: { command: 'The command', description: 'What it is for' },
}
const read = { name: 'Read', description: 'Reads a file.', input: { file_path: 'Absolute path' } }
const edit = {
  name: 'Edit',
  description: 'Replaces text in a file.',
  input: { file_path: 'Absolute path', old_string: 'Text to find', new_string: 'Text to put there' },
}
const grep = { name: 'Grep', description: 'Searches files.', input: { pattern: 'Regular expression', path: 'Folder' } }
const todoWrite = { name: 'TodoWrite', description: 'Keeps the list of tasks.', input: { todos: 'The whole list' } }
const webSearch = { name: 'WebSearch', description: 'Searches the web.', input: { query: 'Words to look for' } }
const issueTracker = { name: 'mcp__tracker__get_issue', description: 'Reads an issue.', input: { id: 'Issue key' } }

/** The tools of a coding client; `delegate` is the name under which it starts sub-agents. */
export function codingTools(delegate: 'Task' | 'Agent'): string {
  const task = {
    name: delegate,
    description: 'Gives a piece of work to another agent.',
    input: { prompt: 'The whole task', description: 'Three to five words', subagent_type: 'Kind of agent' },
  }
  return toolsJson([bash, read, edit, grep, todoWrite, webSearch, task, issueTracker])
}

export const searchingTools = toolsJson([read, grep, bash])

export const warehouseTools = toolsJson([
  { name: 'get_metric', description: 'Recent values of one metric.', input: { metric: 'Name', site: 'Warehouse' } },
  { name: 'query_database', description: 'Runs a read-only query.', input: { sql: 'One SELECT statement' } },
  { name: 'search_logs', description: 'Searches log lines.', input: { query: 'Words', since: 'Time of day' } },
  {
    name: 'propose_action',
    description: 'Asks a person to agree to one action.',
    input: { action: 'What', reason: 'Why' },
  },
])

export const bookingTools = toolsJson([
  { name: 'lookup_booking', description: 'Reads one booking.', input: { booking: 'Six characters' } },
  { name: 'find_flights', description: 'Flights with free seats.', input: { to: 'City', after: 'Time' } },
  { name: 'read_policy', description: 'The rule for a situation.', input: { topic: 'A few words' } },
  {
    name: 'open_case',
    description: 'Opens a case for a colleague.',
    input: { booking: 'Six characters', summary: 'One line' },
  },
])
