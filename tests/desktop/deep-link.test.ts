import { expect, test } from 'vitest'
import { findDeepLink, parseDeepLink } from '../../src-main/desktop/deep-link'

const id = '0198c0de-0000-7000-8000-00000000002a'

test('a link to a conversation names its screen', () => {
  expect(parseDeepLink(`nexus://conversation/${id}`)).toBe(`conversation/${id}`)
  // Browsers add the slash, and shells may change the case.
  expect(parseDeepLink(`NEXUS://conversation/${id.toUpperCase()}/`)).toBe(`conversation/${id}`)
})

test.each([
  '',
  'nexus://',
  'nexus://conversation/',
  'nexus://conversation/1',
  'nexus://settings',
  `nexus://conversation/${id}/../../settings`,
  `nexus://conversation/${id}?next=https://evil.example`,
  `nexus://conversation/${id}#x`,
  `nexus://user:password@conversation/${id}`,
  `nexus://conversation:80/${id}`,
  `nexus://evil.example/conversation/${id}`,
  `nexus:conversation/${id}`,
  `https://conversation/${id}`,
  ` nexus://conversation/${id}`,
  `nexus://conversation/${id}\n--flag`,
  `nexus://conversation/${id}'; DROP TABLE requests; --`,
  `nexus://conversation/%30198c0de-0000-7000-8000-00000000002a`,
  'nexus://conversation/------------------------------------',
  `nexus://conversation/${'a'.repeat(100_000)}`,
])('%j leads nowhere', (link) => {
  expect(parseDeepLink(link)).toBeNull()
})

test('the link of a command line is found between switches, and everything else is left alone', () => {
  expect(findDeepLink(['nexus-desktop', '--enable-x', `nexus://conversation/${id}`])).toBe(`conversation/${id}`)
  expect(findDeepLink(['nexus-desktop', '/etc/passwd', '--url=nexus://conversation/1', 'nexus://evil'])).toBeNull()
})
