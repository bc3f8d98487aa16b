import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import vm from 'node:vm'
import { expect, test } from 'vitest'
import { bridgeChannel } from '../../src-main/contract/bridge'

const root = path.resolve(import.meta.dirname, '../..')
const desktopFiles = readdirSync(path.join(root, 'src-main/desktop')).map((name) => ({
  name,
  text: readFileSync(path.join(root, 'src-main/desktop', name), 'utf8'),
}))
const filesWith = (pattern: RegExp) => desktopFiles.filter(({ text }) => pattern.test(text)).map(({ name }) => name)

test('one file hears messages of pages', () => {
  expect(filesWith(/\bipcMain\b|\.ipc\b/)).toEqual(['ipc.ts'])
})

test('one file opens addresses outside of the app', () => {
  expect(filesWith(/\.openExternal\(/)).toEqual(['open-link.ts'])
})

test('nothing is loaded from disk by its path', () => {
  expect(filesWith(/loadFile\(|file:\/\//)).toEqual([])
})

function runPreload() {
  const required: string[] = []
  const exposed: Record<string, Record<string, (...args: unknown[]) => void>> = {}
  const sent: unknown[][] = []
  const heard: { channel: string; listener: (...args: unknown[]) => void }[] = []
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, api: (typeof exposed)[string]) => (exposed[name] = api) },
    ipcRenderer: {
      send: (...args: unknown[]) => sent.push(args),
      on: (channel: string, listener: (...args: unknown[]) => void) => heard.push({ channel, listener }),
    },
  }
  const require = (name: string) => {
    required.push(name)
    return electron
  }
  vm.runInNewContext(readFileSync(path.join(root, 'dist/preload/preload.cjs'), 'utf8'), { require, module: {} })
  return { required, exposed, sent, heard }
}

test('the built preload is one file that requires electron and nothing else', () => {
  expect(runPreload().required).toEqual(['electron'])
  expect(readdirSync(path.join(root, 'dist/preload'))).toEqual(['preload.cjs'])
})

test('the page gets two functions, which pass on frames and no event', () => {
  const { exposed, sent, heard } = runPreload()
  expect(Object.keys(exposed)).toEqual(['bridge'])
  expect(Object.keys(exposed.bridge!)).toEqual(['send', 'onReply'])
  exposed.bridge!.send!('frame')
  expect(sent).toEqual([[bridgeChannel, 'frame']])
  const received: unknown[][] = []
  exposed.bridge!.onReply!((...args: unknown[]) => received.push(args))
  expect(heard[0]!.channel).toBe(bridgeChannel)
  heard[0]!.listener({ sender: 'secret' }, 'reply')
  expect(received).toEqual([['reply']])
})
