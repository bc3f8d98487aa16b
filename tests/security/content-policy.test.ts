import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { contentPolicy } from '../../src-main/security/content-policy'

const directives = new Map(contentPolicy.split('; ').map((part) => [part.split(' ')[0], part.split(' ').slice(1)]))

test('the policy allows nothing unsafe, no wildcard and no other origin', () => {
  expect(contentPolicy).not.toMatch(/unsafe-|\*|http:|https:|blob:|filesystem:/)
  expect(directives.get('default-src')).toEqual(["'none'"])
  expect(directives.get('script-src')).toEqual(["'self'"])
  expect(directives.get('img-src')).toEqual(["'self'", 'data:'])
  for (const name of ['base-uri', 'form-action', 'frame-ancestors', 'object-src']) {
    expect(directives.get(name), name).toEqual(["'none'"])
  }
})

test('the style hashes are exactly those of the style elements that the installed Reka UI makes', () => {
  const folder = join(import.meta.dirname, '../../node_modules/reka-ui/dist')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
  const styles = files
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .flatMap((code) => [...code.matchAll(/as: "style",[^]*?createTextVNode\("(.*?)", -1\)/g)])
    .map((match) => JSON.parse(`"${match[1]}"`) as string)
  expect(styles.length).toBeGreaterThan(0)
  const hashes = styles.map((style) => `'sha256-${createHash('sha256').update(style).digest('base64')}'`)
  expect(directives.get('style-src')?.toSorted()).toEqual(["'self'", ...hashes].toSorted())
})
