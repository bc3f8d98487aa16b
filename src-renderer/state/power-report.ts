import { api } from '../api/client'

interface Battery extends EventTarget {
  charging: boolean
}
interface Connection extends EventTarget {
  saveData?: boolean
  type?: string
}

const againEveryMs = 10 * 60_000

let isReporting = false

/**
 * Tells the host whether the machine is on battery or the network metered, as far as this browser knows, so that it
 * fetches nothing in the background then. https://developer.mozilla.org/docs/Web/API/Battery_Status_API
 */
export async function reportPower(): Promise<void> {
  if (isReporting) return
  isReporting = true
  const { connection } = navigator as { connection?: Connection }
  const { getBattery } = navigator as { getBattery?: () => Promise<Battery> }
  const battery = await getBattery?.call(navigator).catch(() => undefined)
  if (!battery && !connection) return

  function tell(): void {
    const isMetered = connection ? connection.saveData === true || connection.type === 'cellular' : null
    // A report that is lost is made up for by the next; until then the host fetches as if nothing were known.
    api.offline.report({ isOnBattery: battery ? !battery.charging : null, isMetered }).catch(() => undefined)
  }
  battery?.addEventListener('chargingchange', tell)
  connection?.addEventListener('change', tell)
  setInterval(tell, againEveryMs)
  tell()
}
