import { expect, test } from 'vitest'
import { openLink } from '../../src-main/desktop/open-link'

function systemThatAnswers(response: number) {
  const opened: string[] = []
  const questions: string[] = []
  return {
    opened,
    questions,
    window: null,
    shell: { openExternal: async (url: string) => void opened.push(url) },
    dialog: {
      showMessageBox: async (...args: unknown[]) => {
        questions.push((args.at(-1) as { detail: string }).detail)
        return { response, checkboxChecked: false }
      },
    },
  }
}

test('an address is opened after the user has seen it whole and agreed', async () => {
  const system = systemThatAnswers(0)
  await openLink('https://example.com/a?b=c', system)
  expect(system.questions).toEqual(['https://example.com/a?b=c'])
  expect(system.opened).toEqual(['https://example.com/a?b=c'])
})

test('an address that the user declines stays closed', async () => {
  const system = systemThatAnswers(1)
  await openLink('https://example.com/', system)
  expect(system.opened).toEqual([])
})

test.each([
  'http://example.com/',
  'file:///etc/passwd',
  'smb://host/share',
  'ms-msdt:/id',
  'javascript:alert(1)',
  '\\\\host\\share',
  ' https://example.com',
  'https://user:pass@example.com/',
  undefined,
  { toString: () => 'https://example.com/' },
])('%s is refused without a question', async (url) => {
  const system = systemThatAnswers(0)
  await expect(openLink(url, system)).rejects.toMatchObject({ code: 'invalid-input' })
  expect(system.questions).toEqual([])
  expect(system.opened).toEqual([])
})
