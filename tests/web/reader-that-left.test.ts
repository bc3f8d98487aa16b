import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../fakes/eventually'
import { apiKey, startTestHost, type TestHost } from './test-host'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

let host: TestHost
beforeAll(async () => {
  host = await startTestHost()
})
afterAll(() => host?.close())

test('a stream hears that its reader left, however long after its request is garbage', async () => {
  for (let round = 0; round < 5; round++) {
    const abort = new AbortController()
    const response = await fetch(`${host.origin}/dashboard/rpc/workspace/events`, {
      method: 'POST',
      body: '{}',
      headers: { 'X-Dashboard-Key': apiKey, 'Content-Type': 'application/json' },
      signal: abort.signal,
    })
    await response.body!.getReader().read()
    expect(host.app.openStreams()).toBe(1)
    for (let turn = 0; turn < 3; turn++) {
      collectGarbage()
      await new Promise(setImmediate)
    }
    abort.abort()
    await eventually(() => expect(host.app.openStreams()).toBe(0))
  }
})
