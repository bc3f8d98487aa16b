import { expect, test } from 'vitest'
import { decideExternalLink } from '../../src-main/security/external-link'

test.each([
  ['https://docs.claude.com/en/api', 'https://docs.claude.com/en/api'],
  ['https://example.com:8443/a?b=c#d', 'https://example.com:8443/a?b=c#d'],
  ['HTTPS://EXAMPLE.com', 'https://example.com/'],
  ['http://localhost:3000/dashboard', 'http://localhost:3000/dashboard'],
  ['http://127.0.0.1/x', 'http://127.0.0.1/x'],
  ['http://[::1]:8080/', 'http://[::1]:8080/'],
])('%s may be opened', (value, url) => {
  expect(decideExternalLink(value)).toEqual({ allowed: true, url })
})

test.each([
  'http://example.com/',
  'http://localhost.evil.com/',
  'http://127.0.0.1.nip.io/',
  'file:///etc/passwd',
  'file://server/share',
  'smb://server/share',
  'ms-msdt:/id PCWDiagnostic',
  'ms-officecmd:{}',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)//https://ok',
  'java\nscript:alert(1)',
  'data:text/html,<script>',
  'vbscript:x',
  'mailto:a@b.c',
  'app://ui/dashboard/',
  '\\\\server\\share',
  '//server/share',
  'https:\\\\evil.com',
  'https:evil.com',
  'https:/evil.com',
  'https://user:pw@example.com/',
  'https://user@example.com/',
  ' https://example.com',
  'https://example.com/\u0000',
  'https://exam\tple.com',
  'https://example.com/\u202Egnp.exe',
  'https://',
  '',
  '-h',
  'calculator',
  `https://example.com/${'a'.repeat(3000)}`,
  null,
  undefined,
  42,
  {},
  { toString: () => 'https://example.com' },
  ['https://example.com'],
  new URL('https://example.com'),
])('%j is refused with a reason', (value) => {
  const decision = decideExternalLink(value)
  expect(decision).toEqual({ allowed: false, reason: expect.stringMatching(/^[A-Z].+\.$/) })
})
