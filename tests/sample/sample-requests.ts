import { appointments } from '../../src-main/sample/calendar'
import { sampleSeed } from '../../src-main/sample/open-sample'
import type { SampleRequest } from '../../src-main/sample/sample-request'
import { converse } from '../../src-main/sample/scripts/work'

/**
 * The sample's requests without a database, conversation by conversation, each with the place in its thread that only
 * the generator knows. `hours` back from `endMs`.
 */
export function* sampleRequests(endMs: number, hours: number): Generator<SampleRequest, void> {
  for (const appointment of appointments(sampleSeed, endMs, endMs - hours * 3_600_000, endMs))
    yield* converse(appointment)
}
