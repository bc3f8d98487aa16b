import { expect, it } from 'vitest'
import { imageDataUrl } from '../../src-renderer/conversation/blocks/image-data-url'
import { externalUrl } from '../../src-renderer/conversation/text/external-url'

it('offers https addresses to open, in the form that shows a look-alike host for what it is', () => {
  expect(externalUrl('https://example.com/a?b=1')).toBe('https://example.com/a?b=1')
  expect(externalUrl('https://exаmple.com/')).toBe('https://xn--exmple-4nf.com/')
})

it('offers nothing else to open', () => {
  const refused = [
    'http://example.com',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'vbscript:x',
    'ms-msdt:/id',
    '//example.com',
    '/dashboard/logout',
    'mailto:a@b.c',
    'https://user:secret@example.com',
    `https://example.com/${'a'.repeat(3000)}`,
    'nonsense',
    '',
  ]
  expect(refused.filter((text) => externalUrl(text) !== null)).toEqual([])
})

it('draws pictures of the four known kinds from their own bytes', () => {
  expect(imageDataUrl('image/png', 'iVBORw0KGgo=')).toBe('data:image/png;base64,iVBORw0KGgo=')
  for (const type of ['image/jpeg', 'image/gif', 'image/webp']) expect(imageDataUrl(type, 'AAAA')).toContain(type)
})

it('draws neither SVG nor a page nor anything that is not base64', () => {
  for (const type of ['image/svg+xml', 'text/html', 'image/png;base64,x', '', null]) {
    expect(imageDataUrl(type, 'AAAA')).toBeNull()
  }
  expect(imageDataUrl('image/png', '"><script>')).toBeNull()
  expect(imageDataUrl('image/png', null)).toBeNull()
})
