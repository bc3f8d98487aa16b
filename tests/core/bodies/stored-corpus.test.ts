import { expect, test } from 'vitest'
import { readRequestBody } from '../../../src-main/core/bodies/read-request-body'
import { readResponseBody } from '../../../src-main/core/bodies/read-response-body'
import { storedAnswers, storedRequests } from './stored-corpus'

/*
 * The committed normal forms are rewritten by `npx vitest run tests/core/bodies/stored-corpus.test.ts --update`: read what became different before it
 * is committed.
 */

/** One line a normal form, behind it the names of all bodies that have it: shapes that agree stand together. */
function golden<Form>(cases: [name: string, text: string | null][], read: (text: string | null) => Form): string {
  const names = new Map<string, string[]>()
  for (const [name, text] of cases) {
    const form = JSON.stringify(read(text))
    names.set(form, [...(names.get(form) ?? []), name])
  }
  const lines = [...names].map(([form, of]) => `${of.map((name) => `# ${name}\n`).join('')}${form}\n`)
  return lines.join('\n')
}

test('each stored answer has the normal form that was agreed on', async () => {
  const cases = storedAnswers()
  expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length)
  expect(cases.length).toBeGreaterThan(700)
  await expect(golden(cases, readResponseBody)).toMatchFileSnapshot('./golden/answers.txt')
})

test('each stored request has the normal form that was agreed on', async () => {
  const cases = storedRequests()
  expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length)
  expect(cases.length).toBeGreaterThan(200)
  await expect(golden(cases, readRequestBody)).toMatchFileSnapshot('./golden/requests.txt')
})
