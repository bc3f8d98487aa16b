import { expect, test } from 'vitest'
import { windowOptions } from '../../src-main/desktop/window-options'

const options = { preload: '/app/preload.cjs', icon: '/app/icon.png', place: { width: 900, height: 700 }, isDark: true }

test('the page runs isolated, sandboxed and without Node, and nothing loosens that', () => {
  expect(windowOptions({ ...options, isPackaged: true }).webPreferences).toEqual({
    preload: '/app/preload.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    devTools: false,
    spellcheck: false,
  })
})

test('developer tools exist in a checkout alone', () => {
  expect(windowOptions({ ...options, isPackaged: false }).webPreferences?.devTools).toBe(true)
})

test('the window stays hidden until its page is drawn, on a canvas of the right theme', () => {
  expect(windowOptions({ ...options, isPackaged: true })).toMatchObject({
    width: 900,
    height: 700,
    show: false,
    backgroundColor: '#111113',
  })
  expect(windowOptions({ ...options, isDark: false, isPackaged: true }).backgroundColor).toBe('#fafafa')
})
