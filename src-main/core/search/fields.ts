import { closestName } from './closest-name'
import type { ChoiceField, Choices, FieldName, NumberField, PatternField } from './query'

export type FieldKind =
  | { kind: 'pattern'; field: PatternField }
  | { kind: 'number'; field: NumberField; unit: NumberUnit }
  | { [Field in ChoiceField]: { kind: 'choice'; field: Field; choices: Record<Choices[Field], string> } }[ChoiceField]

export interface NumberUnit {
  /** What may stand behind a number, in any case, and how many of the smallest unit it means. */
  suffixes: { suffix: string; factor: number }[]
  /** The suffixes that numbers are printed with, as powers of ten of the smallest unit. */
  printedIn: { suffix: string; decimals: number }[]
  /** May stand before a number. */
  prefix: string
  /** How to write one. */
  sentence: string
  examples: { text: string; means: string }[]
}

export type Field = FieldKind & {
  /** What it is about, for a person. */
  title: string
  example: string
}

const tokens: NumberUnit = {
  suffixes: [
    { suffix: '', factor: 1 },
    { suffix: 'k', factor: 1000 },
    { suffix: 'm', factor: 1_000_000 },
  ],
  printedIn: [{ suffix: '', decimals: 0 }],
  prefix: '',
  sentence: 'Tokens are whole numbers, as tokens:>1000 or tokens:1k..20k.',
  examples: [
    { text: '>10k', means: 'more than 10,000' },
    { text: '1k..20k', means: 'from 1,000 to 20,000' },
    { text: '<1000', means: 'fewer than 1,000' },
  ],
}

const dollars: NumberUnit = {
  suffixes: [{ suffix: '', factor: 1e12 }],
  printedIn: [{ suffix: '', decimals: 12 }],
  prefix: '$',
  sentence: 'Cost is in US dollars, as cost:>0.05 or cost:0.01..0.5.',
  examples: [
    { text: '>0.05', means: 'more than 5 cents' },
    { text: '0.01..0.5', means: 'from 1 to 50 cents' },
    { text: '<0.001', means: 'less than a tenth of a cent' },
  ],
}

const duration: NumberUnit = {
  suffixes: [
    { suffix: 'ms', factor: 1 },
    { suffix: 's', factor: 1000 },
    { suffix: 'min', factor: 60_000 },
    { suffix: 'h', factor: 3_600_000 },
  ],
  printedIn: [
    { suffix: 's', decimals: 3 },
    { suffix: 'ms', decimals: 0 },
  ],
  prefix: '',
  sentence: 'Response time needs its unit, as time:>500ms, time:2s..10s or time:<1.5min.',
  examples: [
    { text: '>10s', means: 'longer than 10 seconds' },
    { text: '2s..10s', means: 'from 2 to 10 seconds' },
    { text: '<500ms', means: 'quicker than half a second' },
  ],
}

export const fields: Record<FieldName, Field> = {
  domain: { kind: 'pattern', field: 'domain', title: 'Domain', example: 'domain:acme.com' },
  model: { kind: 'pattern', field: 'model', title: 'Model', example: 'model:*opus*' },
  type: { kind: 'pattern', field: 'type', title: 'Type of request', example: 'type:inference' },
  status: {
    kind: 'choice',
    field: 'status',
    choices: { ok: 'answered', error: 'failed', unanswered: 'still running, or never answered' },
    title: 'How it ended',
    example: 'status:error',
  },
  tool: { kind: 'pattern', field: 'tool', title: 'Tool that the answer called', example: 'tool:bash' },
  tokens: { kind: 'number', field: 'tokens', unit: tokens, title: 'Tokens in and out', example: 'tokens:>10k' },
  cost: { kind: 'number', field: 'cost', unit: dollars, title: 'Cost in US dollars', example: 'cost:0.01..0.5' },
  time: { kind: 'number', field: 'time', unit: duration, title: 'Response time', example: 'time:>2s' },
  stop: { kind: 'pattern', field: 'stop', title: 'Why the answer stopped', example: 'stop:max_tokens' },
  stream: {
    kind: 'choice',
    field: 'stream',
    choices: { yes: 'streamed', no: 'in one piece' },
    title: 'Streamed or not',
    example: 'stream:yes',
  },
  tag: { kind: 'pattern', field: 'tag', title: 'Your tag', example: 'tag:follow-up' },
  has: {
    kind: 'choice',
    field: 'has',
    choices: {
      cost: 'a price is known',
      cache: 'read from the prompt cache',
      tool: 'the answer called a tool',
      note: 'noted',
      pin: 'pinned',
      tag: 'tagged',
    },
    title: 'What it has',
    example: '-has:cost',
  },
}

/** Names that people try, from other tools and from the screens. */
const otherNames: Record<string, string> = {
  host: 'domain:',
  customer: 'domain:',
  team: 'domain:',
  price: 'cost:',
  usd: 'cost:',
  duration: 'time:',
  latency: 'time:',
  state: 'status:',
  error: 'status:error',
  errors: 'status:error',
  is: 'status:',
  streamed: 'stream:',
  reason: 'stop:',
  kind: 'type:',
  tools: 'tool:',
  label: 'tag:',
  pinned: 'has:pin',
}

export function findField(name: string): Field | null {
  return Object.hasOwn(fields, name) ? fields[name as FieldName] : null
}

/** The query that somebody who wrote this name of a field may have meant, up to its value; null when none is near. */
export function guessField(name: string): string | null {
  if (Object.hasOwn(otherNames, name)) return otherNames[name]!
  const closest = closestName(name, Object.keys(fields))
  return closest && `${closest}:`
}
