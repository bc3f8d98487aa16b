import type { Appointment } from '../calendar'
import { Conversation } from '../conversation'
import type { SampleRequest } from '../sample-request'
import { arabicGrammar } from '../words/arabic'
import { codingGrammar } from '../words/code'
import { germanGrammar } from '../words/german'
import { japaneseGrammar } from '../words/japanese'
import { legalGrammar } from '../words/legal'
import { researchGrammar } from '../words/research'
import { agentRun } from './agent-run'
import { chat } from './chat'
import { codingSession } from './coding-session'
import { documentReview } from './document-review'
import { allFeatures, featureTrial } from './feature-trial'
import { largeImage, largeLog, logTooLarge } from './large-bodies'
import { serviceDesk } from './service-desk'
import { classification, commitTitle, extraction, probe } from './single-question'
import { webResearch } from './web-research'

type Script = (conversation: Conversation) => Generator<SampleRequest, void>

const scripts = {
  coding: codingSession,
  'coding-chat': (conversation) =>
    chat(conversation, { grammar: codingGrammar, questions: ['question', 'questionFollowUp'], thinks: true }),
  'commit-title': commitTitle,
  'agent-run': agentRun,
  'service-desk': serviceDesk,
  classification,
  extraction,
  'german-chat': (conversation) => chat(conversation, { grammar: germanGrammar }),
  'japanese-chat': (conversation) => chat(conversation, { grammar: japaneseGrammar }),
  'arabic-chat': (conversation) => chat(conversation, { grammar: arabicGrammar }),
  'research-chat': (conversation) => chat(conversation, { grammar: researchGrammar, thinks: true }),
  'legal-chat': (conversation) => chat(conversation, { grammar: legalGrammar, thinks: true }),
  'web-research': webResearch,
  'document-review': documentReview,
  'feature-trial': featureTrial,
  'all-features': allFeatures,
  'large-log': largeLog,
  'log-too-large': logTooLarge,
  'large-image': largeImage,
  probe,
} satisfies Record<string, Script>

export type WorkName = keyof typeof scripts

/** The requests of one conversation, one after the other; nothing is made before it is asked for. */
export function converse(appointment: Appointment): Generator<SampleRequest, void> {
  const script: Script = scripts[appointment.work ?? appointment.random.weighted(appointment.domain.work)]
  return script(new Conversation(appointment))
}
