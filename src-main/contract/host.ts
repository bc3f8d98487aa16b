import { z } from 'zod'
import { defaultDesktop, defaultNotifications, desktopSettings, notificationSettings } from './notifications'
import { defaultOffline, offlineSettings } from './offline'
import { timeZone } from './scope'

/** What this host can do. The page asks for a capability, never for the kind of host. */
export const capabilities = z.object({
  canManageConnections: z.boolean(),
  canOpenExternal: z.boolean(),
  canNotify: z.boolean(),
  hasTray: z.boolean(),
  canSignOut: z.boolean(),
  canUpdate: z.boolean(),
  canStartAtLogin: z.boolean().optional(),
  /** Whether a key combination can be heard while another program is in front. */
  canSetShortcut: z.boolean().optional(),
})
export type Capabilities = z.infer<typeof capabilities>

export const hostInfo = z.object({
  name: z.string(),
  version: z.string(),
  platform: z.string(),
  capabilities,
  /** Where secrets go: the OS keychain, or memory for this session with the reason. */
  keychain: z.object({ kind: z.enum(['persisted', 'in-memory']), reason: z.string().nullable() }),
})
export type HostInfo = z.infer<typeof hostInfo>

export const theme = z.enum(['system', 'light', 'dark'])

/** What costs are shown in. They are kept in US dollars; the user gives the rate, and the day on which it held. */
export const displayCurrency = z.object({
  code: z.string().regex(/^[A-Z]{3}$/, { error: 'is no currency code such as EUR' }),
  /** Units of it for one US dollar. */
  perUsd: z.number().positive().max(1e7),
  asOf: z.iso.date(),
})
export type DisplayCurrency = z.infer<typeof displayCurrency>

/** Settings of the user; each has a default, so an empty object is valid. */
export const settings = z.object({
  theme: theme.default('system'),
  /** The zone of days, weeks and months; null follows the machine. */
  timeZone: timeZone.nullable().default(null),
  retentionDays: z.number().int().min(1).max(3650).default(90),
  notifications: notificationSettings.default(defaultNotifications),
  desktop: desktopSettings.default(defaultDesktop),
  /** Null: US dollars. */
  currency: displayCurrency.nullable().default(null),
  offline: offlineSettings.default(defaultOffline),
})
export type Settings = z.infer<typeof settings>

export const settingsPatch = z.object({
  theme: theme.optional(),
  timeZone: timeZone.nullable().optional(),
  retentionDays: z.number().int().min(1).max(3650).optional(),
  notifications: notificationSettings.optional(),
  desktop: desktopSettings.optional(),
  currency: displayCurrency.nullable().optional(),
  offline: offlineSettings.optional(),
})
export type SettingsPatch = z.infer<typeof settingsPatch>
