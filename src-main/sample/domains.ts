import type { StoredAs } from './body-shapes'
import type { WorkName } from './scripts/work'

/** When people of a domain work. `night` is a nightly job; `always` never sleeps. */
export type Rhythm = 'office' | 'long-day' | 'always' | 'night'

type Weighted<T> = readonly (readonly [T, number])[]

export interface SampleDomain {
  /** Null where the proxy was called by its address alone. */
  name: string | null
  zone: string
  rhythm: Rhythm
  /** Days of rest, 0 is Sunday. */
  restDays: readonly number[]
  /** Conversations that begin on an ordinary day. */
  conversationsPerDay: number
  models: Weighted<string>
  work: Weighted<WorkName>
  /** How its proxy keeps streamed answers; proxies of different ages differ. */
  storesStreamsAs: Weighted<StoredAs>
  streamShare: number
  /** Share of requests that end in an error on an ordinary day. */
  errorShare: number
}

const weekend = [0, 6]

/** The dozen customers of the sample, largest first, and the calls that came without a host name. */
export const sampleDomains: readonly SampleDomain[] = [
  {
    name: 'agents.orbital.example',
    zone: 'UTC',
    rhythm: 'always',
    restDays: [],
    conversationsPerDay: 22,
    models: [
      ['claude-sonnet-5-5', 46],
      ['claude-opus-5-5', 30],
      ['claude-haiku-5-5', 24],
    ],
    work: [
      ['agent-run', 70],
      ['coding', 30],
    ],
    storesStreamsAs: [['rebuilt', 1]],
    streamShare: 0.75,
    errorShare: 0.012,
  },
  {
    name: 'dev.brightfork.example',
    zone: 'Europe/Berlin',
    rhythm: 'office',
    restDays: weekend,
    conversationsPerDay: 18,
    models: [
      ['claude-opus-5-5', 44],
      ['claude-fable-5-2', 28],
      ['claude-sonnet-5-5', 28],
    ],
    work: [
      ['coding', 80],
      ['coding-chat', 14],
      ['web-research', 4],
      ['commit-title', 14],
    ],
    storesStreamsAs: [['message', 1]],
    streamShare: 0.97,
    errorShare: 0.01,
  },
  {
    name: 'code.pinegate.example',
    zone: 'America/Los_Angeles',
    rhythm: 'office',
    restDays: weekend,
    conversationsPerDay: 13,
    models: [
      ['claude-opus-5-5', 40],
      ['claude-opus-4-8', 22],
      ['claude-sonnet-5', 38],
    ],
    work: [
      ['coding', 84],
      ['coding-chat', 12],
      ['commit-title', 10],
    ],
    storesStreamsAs: [['flattened', 1]],
    streamShare: 0.95,
    errorShare: 0.014,
  },
  {
    name: 'support.meridian-air.example',
    zone: 'America/New_York',
    rhythm: 'long-day',
    restDays: [],
    conversationsPerDay: 30,
    models: [
      ['claude-haiku-5-5', 58],
      ['claude-sonnet-5-5', 42],
    ],
    work: [
      ['service-desk', 70],
      ['classification', 30],
    ],
    storesStreamsAs: [
      ['event-text', 30],
      ['message', 70],
    ],
    streamShare: 0.6,
    errorShare: 0.015,
  },
  {
    name: 'kundenservice.lindtal.example',
    zone: 'Europe/Berlin',
    rhythm: 'long-day',
    restDays: [0],
    conversationsPerDay: 28,
    models: [
      ['claude-sonnet-5-5', 50],
      ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 50],
    ],
    work: [
      ['german-chat', 84],
      ['classification', 16],
    ],
    storesStreamsAs: [
      ['rebuilt-bedrock', 60],
      ['json-text', 40],
    ],
    streamShare: 0.7,
    errorShare: 0.01,
  },
  {
    name: 'research.halden-institute.example',
    zone: 'Europe/London',
    rhythm: 'office',
    restDays: weekend,
    conversationsPerDay: 14,
    models: [
      ['claude-fable-5-2', 50],
      ['claude-opus-5-5', 30],
      ['claude-sonnet-5-5', 20],
    ],
    work: [
      ['web-research', 42],
      ['research-chat', 36],
      ['document-review', 22],
    ],
    storesStreamsAs: [
      ['event-list', 40],
      ['message', 60],
    ],
    streamShare: 0.5,
    errorShare: 0.012,
  },
  {
    name: 'nightly.orbital.example',
    zone: 'UTC',
    rhythm: 'night',
    restDays: [],
    conversationsPerDay: 46,
    models: [
      ['claude-haiku-5-5', 82],
      ['claude-haiku-4-5-20251001', 18],
    ],
    work: [['extraction', 1]],
    storesStreamsAs: [['message', 1]],
    streamShare: 0,
    errorShare: 0.03,
  },
  {
    name: 'legal.ashworth-bell.example',
    zone: 'America/New_York',
    rhythm: 'office',
    restDays: weekend,
    conversationsPerDay: 12,
    models: [
      ['claude-fable-5-2', 62],
      ['claude-opus-4-1-20250805', 38],
    ],
    work: [
      ['document-review', 52],
      ['legal-chat', 48],
    ],
    storesStreamsAs: [
      ['chunks', 50],
      ['message', 50],
    ],
    streamShare: 0.4,
    errorShare: 0.01,
  },
  {
    name: 'tokyo.kisaragi.example',
    zone: 'Asia/Tokyo',
    rhythm: 'office',
    restDays: weekend,
    conversationsPerDay: 15,
    models: [
      ['claude-sonnet-5-5', 64],
      ['claude-haiku-4-5-20251001', 36],
    ],
    work: [['japanese-chat', 1]],
    storesStreamsAs: [
      ['text-only', 55],
      ['flattened', 45],
    ],
    streamShare: 0.8,
    errorShare: 0.012,
  },
  {
    name: 'helpdesk.alnoor.example',
    zone: 'Asia/Riyadh',
    rhythm: 'long-day',
    restDays: [5, 6],
    conversationsPerDay: 10,
    models: [
      ['claude-sonnet-4-5-20250929', 70],
      ['claude-haiku-5-5', 30],
    ],
    work: [['arabic-chat', 1]],
    storesStreamsAs: [
      ['chunk-rows', 30],
      ['flattened', 70],
    ],
    streamShare: 0.7,
    errorShare: 0.014,
  },
  {
    name: 'legacy.quillmark.example',
    zone: 'Europe/London',
    rhythm: 'long-day',
    restDays: [0],
    conversationsPerDay: 5,
    models: [['claude-3-5-haiku-20241022', 1]],
    work: [
      ['classification', 70],
      ['commit-title', 30],
    ],
    storesStreamsAs: [['text-only', 1]],
    streamShare: 0.3,
    errorShare: 0.22,
  },
  {
    name: 'sandbox.brightfork.example',
    zone: 'Europe/Berlin',
    rhythm: 'office',
    restDays: weekend,
    conversationsPerDay: 3,
    models: [
      ['claude-aurora-preview-1112', 55],
      ['claude-opus-5-5', 45],
    ],
    work: [['feature-trial', 1]],
    storesStreamsAs: [
      ['event-list', 34],
      ['event-text', 33],
      ['message', 33],
    ],
    streamShare: 0.6,
    errorShare: 0.05,
  },
  {
    name: null,
    zone: 'UTC',
    rhythm: 'always',
    restDays: [],
    conversationsPerDay: 2,
    models: [['claude-haiku-4-5-20251001', 1]],
    work: [
      ['probe', 70],
      ['classification', 30],
    ],
    storesStreamsAs: [['message', 1]],
    streamShare: 0.2,
    errorShare: 0.3,
  },
]
