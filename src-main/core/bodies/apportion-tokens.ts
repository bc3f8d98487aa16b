import { estimateBlocks, estimateTool } from './estimate-tokens'
import type { NormalRequest } from './read-request-body'

/** Role marks and the like around each message, about. */
const tokensPerMessage = 4

/** Estimated tokens of the parts of a prompt: good for shares of a known total. */
export interface PromptWeights {
  system: number
  tools: number
  messages: number[]
}

export function weighPrompt(request: NormalRequest): PromptWeights {
  return {
    system: estimateBlocks(request.system),
    tools: request.tools.reduce((sum, tool) => sum + estimateTool(tool), 0),
    messages: request.messages.map((message) => tokensPerMessage + estimateBlocks(message.blocks)),
  }
}

/**
 * Shares of the prompt's exact total (fresh input, cache reads and cache writes) by the estimated size of its parts.
 * They add up to the total; each is an estimate and to be marked so.
 */
export function apportionTokens({ system, tools, messages }: PromptWeights, promptTokens: number): PromptWeights {
  const [ofSystem = 0, ofTools = 0, ...ofMessages] = apportion(promptTokens, [system, tools, ...messages])
  return { system: ofSystem, tools: ofTools, messages: ofMessages }
}

/** Integers in proportion to the weights that add up to `total`, by largest remainder; zeros when nothing weighs. */
export function apportion(total: number, weights: number[]): number[] {
  // Whole weights keep quotient and remainder exact, so that no rounding can break the sum.
  const whole = weights.map(Math.ceil)
  const sum = whole.reduce((a, b) => a + b, 0)
  if (sum <= 0) return whole
  const remainders = whole.map((weight) => (total * weight) % sum)
  const shares = whole.map((weight, i) => (total * weight - (remainders[i] ?? 0)) / sum)
  const left = total - shares.reduce((a, b) => a + b, 0)
  const byRemainder = remainders.map((remainder, i) => ({ i, remainder })).toSorted((a, b) => b.remainder - a.remainder)
  for (const { i } of byRemainder.slice(0, left)) shares[i] = (shares[i] ?? 0) + 1
  return shares
}
