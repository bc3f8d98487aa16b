#!/usr/bin/env node
/*
 * Stands in for fpm, which electron-builder would fetch from another host: takes the same command line and lets
 * dpkg-deb build the package, uncompressed as it is only looked at. Refuses a switch that it does not know.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

const text = { type: 'string' }
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    source: { ...text, short: 's' },
    target: { ...text, short: 't' },
    depends: { ...text, short: 'd', multiple: true },
    force: { type: 'boolean' },
    architecture: text,
    'after-install': text,
    'after-remove': text,
    description: text,
    version: text,
    package: text,
    name: text,
    maintainer: text,
    vendor: text,
    url: text,
    license: text,
    category: text,
    'deb-priority': text,
    'deb-recommends': { ...text, multiple: true },
    'deb-compression': text,
  },
})

const root = mkdtempSync(path.join(os.tmpdir(), 'nexus-deb-'))
for (const mapping of positionals) {
  const [from, to] = mapping.split('=')
  const place = path.join(root, to)
  mkdirSync(path.dirname(place), { recursive: true })
  cpSync(from, place, { recursive: true, verbatimSymlinks: true })
}
const control = path.join(root, 'DEBIAN')
mkdirSync(control)
const fields = {
  Package: values.name,
  Version: values.version,
  Architecture: values.architecture,
  Maintainer: values.maintainer,
  Section: values.category,
  Priority: values['deb-priority'],
  Depends: values.depends?.join(', '),
  Recommends: values['deb-recommends']?.join(', '),
  Description: values.description?.trim().replaceAll('\n', '\n '),
}
const lines = Object.entries(fields).flatMap(([name, value]) => (value ? [`${name}: ${value}`] : []))
writeFileSync(path.join(control, 'control'), `${lines.join('\n')}\n`)
for (const [option, script] of [
  ['after-install', 'postinst'],
  ['after-remove', 'postrm'],
]) {
  if (!values[option]) continue
  copyFileSync(values[option], path.join(control, script))
  chmodSync(path.join(control, script), 0o755)
}
execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', root, values.package])
rmSync(root, { recursive: true, force: true })
