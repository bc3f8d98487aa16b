import type { Block } from '../blocks'
import { textBlock } from '../blocks'
import type { Conversation } from '../conversation'
import type { Speaker } from '../grammar'
import type { ThreadKind } from '../sample-request'
import { Transcript } from '../transcript'
import { codingTools, searchingTools } from './tool-definitions'

const opening = "You are Claude Code, Anthropic's official CLI for Claude."

const manners = [
  'Help with software work in the repository below. Be brief. Read before you write, and run the tests after you',
  'changed something. Commit only when asked. Never print secrets. Where the user asks a question, answer it first.',
].join('\n')

/** A coding client at work in one repository: its transcripts share instructions, session and cache habits. */
export class CodingClient {
  readonly delegate: 'Task' | 'Agent'
  readonly #userId: string
  readonly #caching: '5m' | '1h'
  readonly #environment: string
  readonly #thinking: Record<string, unknown>

  constructor(
    readonly conversation: Conversation,
    speaker: Speaker,
  ) {
    const { random, domain, model } = conversation
    const isNew = domain.name !== 'code.pinegate.example'
    this.delegate = isNew ? 'Agent' : 'Task'
    this.#caching = domain.name === 'dev.brightfork.example' ? '1h' : '5m'
    const account = random.uuid()
    const session = random.uuid()
    this.#userId = isNew
      ? JSON.stringify({ device_id: random.hex(64), account_uuid: account, session_id: session })
      : `user_${random.hex(64)}_account_${account}_session_${session}`
    this.#environment = [
      '<env>\nWorking directory: /home/dev/platform\nIs a git repository: yes\nPlatform: linux\n</env>',
      `gitStatus: On branch ${speaker.bound('action')}-${speaker.bound('entity')}\nRecent commits:\n${random.hex(7)} ${speaker.say('commit')}`,
    ].join('\n\n')
    this.#thinking =
      random.chance(0.7) && model.thinks ? { type: 'adaptive' } : { type: 'enabled', budget_tokens: 12_000 }
  }

  /** The transcript that the user talks with. */
  open(begins?: { kind: ThreadKind; parentId: string }): Transcript {
    return new Transcript(this.conversation, {
      system: this.#system(manners),
      tools: codingTools(this.delegate),
      parameters: { max_tokens: 32_000, thinking: this.#thinking, metadata: { user_id: this.#userId } },
      caching: this.#caching,
      unspokenTokens: 26_000,
      ...(begins && { begins }),
    })
  }

  /** The transcript of an agent that was given a piece of the work. */
  openSubTask(parentId: string): Transcript {
    return new Transcript(this.conversation, {
      system: this.#system('Do the task that you are given, change nothing else, and report what you found.'),
      tools: searchingTools,
      parameters: { max_tokens: 16_000, metadata: { user_id: this.#userId } },
      caching: '5m',
      unspokenTokens: 4200,
      begins: { kind: 'sub-task', parentId },
    })
  }

  #system(instructions: string): Block[] {
    const mark = { cache_control: this.#caching === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' } }
    return [
      textBlock('x-anthropic-billing-header: cc_version=2.1.48; cc_entrypoint=cli;'),
      { ...textBlock(opening), ...mark },
      { ...textBlock(`${instructions}\n\n${this.#environment}`), ...mark },
    ]
  }
}
