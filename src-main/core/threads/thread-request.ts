import type { Fingerprint } from './fingerprint'

/** One request as threading sees it: its row, and the fingerprint of its bodies. */
export interface ThreadRequest {
  id: string
  timestampMs: number
  domain: string | null
  /** What the source itself says, where it has such columns. */
  conversationId: string | null
  branchId: string | null
  /** The request that the source says it carries on, or that called it where it is a sub-agent's. */
  source?: { parentId: string | null; isSubtask: boolean } | null
  print: Fingerprint
}

export type LinkKind = 'start' | 'turn' | 'branch' | 'retry' | 'sub-agent' | 'compaction' | 'side'

/** Why a request stands where it stands. */
export type LinkReason =
  /** Nothing earlier fits. */
  | 'nothing-earlier'
  /** Its messages carry on the parent's, the next one being the parent's stored answer. */
  | 'answer-continued'
  /** Its messages carry on the parent's; the parent's answer is not stored or was stored otherwise. */
  | 'messages-continued'
  /** Earlier messages changed or rows are missing, but it repeats the parent's answer. */
  | 'answer-repeated'
  /** The same messages once more. */
  | 'messages-identical'
  /** Its first message is the prompt that the parent gave to a sub-agent. */
  | 'task-prompt'
  /** It begins with the summary that the parent wrote. */
  | 'summary-continued'
  /** It names the same session and carries on nothing. */
  | 'same-session'
  /** The source says so. */
  | 'source-says'
  /** The user says so. */
  | 'by-hand'

export interface ThreadLink {
  id: string
  /** The source's own, else the id of the conversation's first request. What the user split off never has the source's. */
  conversationId: string
  /** `main`, or the id of the request that the branch begins with; the source's own where it has one. */
  branch: string
  kind: LinkKind
  parentId: string | null
  /** The first of identical requests, for a retry of it. */
  retryOf: string | null
  /** The call that began a sub-agent. */
  toolUseId: string | null
  reason: LinkReason
  confidence: 'high' | 'medium' | 'low'
}

/** A request's place in the order of time, in which all of threading walks. */
export interface Node {
  order: number
  request: ThreadRequest
}

/** What was found before a request. */
export interface Parent {
  node: Node
  reason: LinkReason
  confidence: ThreadLink['confidence']
  toolUseId: string | null
  /** True where it called the request as a sub-agent, which then begins anew. */
  isCaller: boolean
}
