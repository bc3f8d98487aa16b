import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Settings, SettingsPatch } from '../../src-main/contract/host'
import { api } from '../api/client'
import { showMoneyIn } from '../format/money'
import { keepSame } from './keep-same'

/** The user's settings. The theme is on the document's root, where the tokens read it. */
export const useSettings = defineStore('settings', () => {
  /** Until the host has answered; the host's own defaults take their place. */
  const settings = shallowRef<Settings>({
    theme: 'system',
    timeZone: null,
    retentionDays: 90,
    notifications: { isOn: true, rule: { kind: 'all' }, domainRules: [], quietHours: null, perMinute: 4 },
    desktop: { closesToTray: false, startsAtLogin: false, hasShowShortcut: false },
    currency: null,
    offline: { newest: 200, days: 60, megabytes: 512, encrypt: false },
  })
  const machineZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  /** The zone that times are shown in and days are counted by. */
  const timeZone = computed(() => settings.value.timeZone ?? machineZone)

  function adopt(next: Settings): void {
    // A form that is being filled in is not begun anew because another setting changed.
    settings.value = keepSame(settings.value, next)
    document.documentElement.dataset.theme = next.theme
    showMoneyIn(next.currency)
  }

  /** Throws what the call throws. */
  async function load(): Promise<void> {
    adopt(await api.settings.get())
  }

  /** Shows the change at once and takes it back if the host refuses it; throws what the call throws. */
  async function update(patch: SettingsPatch): Promise<void> {
    const before = settings.value
    adopt({ ...before, ...patch })
    try {
      adopt(await api.settings.update(patch))
    } catch (error) {
      adopt(before)
      throw error
    }
  }

  return { settings, timeZone, machineZone, load, update }
})
