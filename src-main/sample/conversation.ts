import { modelRetired, ordinaryFailure, overloaded, rateLimited, type ApiFailure } from './api-failures'
import { textBlock, type Block } from './blocks'
import type { Appointment } from './calendar'
import type { SampleDomain } from './domains'
import type { Grammar } from './grammar'
import { Speaker } from './grammar'
import { modelAt, type SampleModel } from './models'
import type { SampleRequest } from './sample-request'
import type { SeedRandom } from './seed-random'
import type { AnswerOptions, Transcript } from './transcript'

/** What one conversation shares from its first request to its last, sub-tasks included. */
export class Conversation {
  readonly id: string
  readonly random: SeedRandom
  readonly domain: SampleDomain
  readonly clock: { nowMs: number }
  model: SampleModel

  constructor(readonly appointment: Appointment) {
    this.random = appointment.random
    this.domain = appointment.domain
    this.clock = { nowMs: appointment.startMs }
    this.id = this.random.uuid()
    this.model = modelAt(this.random.weighted(this.domain.models), appointment.startMs)
  }

  speaker(grammar: Grammar): Speaker {
    return new Speaker(this.random, grammar)
  }

  /** Time goes by: a person reads and types, or a tool runs. */
  pause(lowSeconds: number, highSeconds: number): void {
    this.clock.nowMs += Math.round((lowSeconds + this.random.next() * (highSeconds - lowSeconds)) * 1000)
  }

  /**
   * The answer to what was said last, with what goes wrong on the way: failures and retries, refusals, answers that
   * were cut by `max_tokens` and gone on with. False when the client gave up and nothing follows.
   */
  *reply(transcript: Transcript, content: Block[], options: AnswerOptions = {}): Generator<SampleRequest, boolean> {
    const { random } = this
    for (let attempt = 0; random.chance(this.appointment.errorShare); attempt++) {
      if (attempt === 3) return false
      if (random.chance(0.1)) {
        yield transcript.hang()
        return false
      }
      const failure = this.#failure()
      yield transcript.fail(failure, options.largeText)
      if (!failure.isWorthRetrying) return false
      this.pause(2 ** (attempt + 1), 2 ** (attempt + 2))
    }
    const last = content.at(-1)
    const isText = last?.type === 'text' && (options.stopReason ?? 'end_turn') === 'end_turn' && !last.citations
    if (isText && random.chance(0.004)) {
      yield transcript.answer(content.slice(0, -1), {
        ...options,
        stopReason: 'refusal',
        stopDetails: {
          type: 'refusal',
          category: random.pick(['cyber', 'bio', null]),
          explanation: 'The request was declined by a safety classifier of this model.',
        },
      })
      return false
    }
    const text = String(last?.text ?? '')
    if (isText && text.length > 700 && random.chance(0.015)) {
      const cut = text.lastIndexOf(' ', Math.floor(text.length * 0.6))
      yield transcript.answer([...content.slice(0, -1), textBlock(text.slice(0, cut))], {
        ...options,
        stopReason: 'max_tokens',
      })
      this.pause(6, 40)
      transcript.say('Please go on where you stopped.')
      yield transcript.answer([textBlock(text.slice(cut + 1))], options)
      return true
    }
    yield transcript.answer(content, options)
    return true
  }

  #failure(): ApiFailure {
    const { random, appointment, model } = this
    if (model.id === 'claude-3-5-haiku-20241022') return modelRetired(random, model.id)
    if (appointment.isOverloaded) return overloaded(random)
    if (this.domain.rhythm === 'night') return rateLimited(random)
    return ordinaryFailure(random)
  }
}
