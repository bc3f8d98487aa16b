/*
 * Runs in the sandbox, in a world of its own. It passes frames and nothing else: no IPC object, no event and no channel
 * name reaches the page.
 */
import { contextBridge, ipcRenderer } from 'electron'
import { bridgeChannel, type Bridge, type Frame } from '../contract/bridge'

const bridge: Bridge = {
  send(frame) {
    ipcRenderer.send(bridgeChannel, frame)
  },
  onReply(listener) {
    ipcRenderer.on(bridgeChannel, (_event, frame: Frame) => listener(frame))
  },
}

contextBridge.exposeInMainWorld('bridge', bridge)
