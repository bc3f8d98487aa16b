import { describe, expect, test } from 'vitest'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { fingerprint } from '../../../src-main/core/threads/fingerprint'
import { linkThreads } from '../../../src-main/core/threads/link-threads'
import type { ThreadRequest } from '../../../src-main/core/threads/thread-request'
import type { SampleRequest } from '../../../src-main/sample/sample-request'
import { sampleRequests } from '../../sample/sample-requests'

function toThreadRequest(sample: SampleRequest): ThreadRequest {
  const { id, timestampMs, domain, requestBody, responseBody, streamChunks } = sample
  const answer = responseBody ?? (streamChunks.length > 0 ? streamChunks.join('\n') : null)
  const print = fingerprint(readRequestBody(requestBody), readResponseBody(answer))
  return { id, timestampMs, domain, conversationId: null, branchId: null, print }
}

/** Pairs of requests that lie in one group, over groups of these sizes. */
function pairs(groups: string[]): number {
  const sizes = new Map<string, number>()
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  return [...sizes.values()].reduce((sum, size) => sum + (size * (size - 1)) / 2, 0)
}

describe('the sample workspace, whose generator knows the truth', () => {
  const samples = [...sampleRequests(Date.parse('2026-11-23T12:00:00Z'), 4 * 24)]
  const truth = new Map(samples.map(({ id, thread }) => [id, thread]))
  const links = linkThreads(samples.map(toThreadRequest))

  test('is joined to its conversations with precision and recall above 0.99', () => {
    const told = links.map(({ id }) => truth.get(id)?.conversationId ?? '')
    const found = links.map(({ conversationId }) => conversationId)
    const right = pairs(told.map((conversation, i) => `${conversation} ${found[i]}`))
    const [precision, recall] = [right / pairs(found), right / pairs(told)]
    expect(links.length).toBeGreaterThan(1000)
    expect(Math.min(precision, recall)).toBeGreaterThan(0.99)
  })

  test('is linked to the parents of its turns, sub-agents and continued sessions', () => {
    const isRight = links.filter(({ id, kind, parentId }) => {
      const place = truth.get(id)
      return place?.kind === 'retry' ? kind === 'retry' : place?.parentId === parentId
    })
    expect(isRight.length / links.length).toBeGreaterThan(0.99)
  })
})
