import { BellRing, ChartLine, Coins, LayoutDashboard, MessagesSquare, Settings } from 'lucide-vue-next'
import type { Component } from 'vue'

export interface Destination {
  name: string
  label: string
  icon: Component
  /** Second key after `g`. */
  key: string
  /** Further routes that belong to it. */
  also?: string[]
}

/** The screens of the sidebar, in order. */
export const destinations: Destination[] = [
  { name: 'overview', label: 'Overview', icon: LayoutDashboard, key: 'o' },
  { name: 'conversations', label: 'Conversations', icon: MessagesSquare, key: 'c', also: ['conversation'] },
  {
    name: 'costs',
    label: 'Costs',
    icon: Coins,
    key: 'm',
    also: ['budgets', 'teams', 'prices', 'reconciliation', 'reports'],
  },
  { name: 'trends', label: 'Trends', icon: ChartLine, key: 't' },
  { name: 'alerts', label: 'Alerts', icon: BellRing, key: 'a' },
  { name: 'settings', label: 'Settings', icon: Settings, key: 's', also: ['connect', 'diagnostics', 'asked'] },
]
