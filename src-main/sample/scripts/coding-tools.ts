import { toolResult, toolUse, type Block } from '../blocks'
import type { Speaker } from '../grammar'

/** A tool call and what came of it. */
export interface ToolStep {
  call: Block
  result: Block
}

type ToolName = 'Bash' | 'Read' | 'Edit' | 'Grep' | 'TodoWrite' | 'WebSearch' | 'mcp__tracker__get_issue'

const home = '/home/dev/platform'

/** The tool that a programmer's assistant reaches for at that point: first look, then change, then test. */
export function chooseTool(speaker: Speaker, step: number, steps: number): ToolName {
  if (step === 0)
    return speaker.random.weighted([
      ['Grep', 5],
      ['Read', 3],
      ['mcp__tracker__get_issue', 1],
    ] as const)
  if (step === steps - 1) return 'Bash'
  if (step === steps - 2) return 'Edit'
  return speaker.random.weighted([
    ['Read', 34],
    ['Bash', 24],
    ['Edit', 20],
    ['Grep', 12],
    ['TodoWrite', 7],
    ['WebSearch', 3],
  ] as const)
}

/** One call of that tool with its result; the last one is the test that passes. */
export function useTool(speaker: Speaker, name: ToolName, { isLast = false } = {}): ToolStep {
  const { random } = speaker
  const id = random.apiId('toolu')
  const step = (input: Record<string, unknown>, result: string | Block[], isError = false): ToolStep => ({
    call: toolUse(id, name, input),
    result: toolResult(id, result, isError),
  })
  switch (name) {
    case 'Bash': {
      const [command, purpose, output] = isLast
        ? [`npx vitest run tests/${speaker.bound('service')}`, 'Run the tests of the service', speaker.say('passed')]
        : speaker.sayTogether('command', 'purpose', 'output')
      return step({ command, description: purpose }, output!, output!.includes('error TS'))
    }
    case 'Read': {
      const [path, file] = speaker.sayTogether('readPath', 'file') as [string, string]
      const input = { file_path: `${home}/${path}` }
      if (random.chance(0.03)) return step(input, 'File does not exist.', true)
      return step(input, numberLines(file))
    }
    case 'Edit': {
      const path = `${home}/${speaker.bound('sourceFile')}`
      const [before, after] = speaker.sayTogether('before', 'after')
      return step(
        { file_path: path, old_string: before, new_string: after },
        random.chance(0.05) ? 'String to replace not found in file.' : `The file ${path} has been updated.`,
      )
    }
    case 'Grep': {
      const matches = Array.from({ length: random.integer(1, 5) }, () => speaker.say('match'))
      return step({ pattern: speaker.say('pattern'), path: home, output_mode: 'content' }, matches.join('\n'))
    }
    case 'TodoWrite': {
      const done = random.integer(0, 2)
      const todos = Array.from({ length: random.integer(3, 5) }, (_, index) => ({
        content: speaker.say('todo'),
        status: index < done ? 'completed' : index === done ? 'in_progress' : 'pending',
      }))
      return step({ todos }, 'The list was updated.')
    }
    case 'WebSearch': {
      const library = speaker.bound('library')
      const links = ['changelog', 'issue', 'documentation'].map(
        (kind) => `- ${library} ${kind}: https://docs.example/${library.toLowerCase()}/${kind}`,
      )
      return step({ query: `${library} ${speaker.bound('field')} breaking change` }, links.join('\n'))
    }
    case 'mcp__tracker__get_issue':
      return step({ id: `PLAT-${random.integer(100, 990)}` }, [{ type: 'text', text: speaker.say('issue') }])
  }
}

function numberLines(text: string): string {
  return text
    .split('\n')
    .map((line, index) => `${String(index + 1).padStart(5)}\t${line}`)
    .join('\n')
}
