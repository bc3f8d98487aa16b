import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Capabilities, HostInfo } from '../../src-main/contract/host'
import { api } from '../api/client'

/** The host and what it can do. Screens ask for a capability, never for the kind of host. */
export const useHost = defineStore('host', () => {
  const info = shallowRef<HostInfo | null>(null)

  /** Throws what the call throws. */
  async function load(): Promise<void> {
    info.value = await api.host.info()
  }

  /** False while the host has not answered yet. */
  const can = (capability: keyof Capabilities): boolean => info.value?.capabilities[capability] ?? false

  return { info, load, can }
})
