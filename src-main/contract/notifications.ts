import { z } from 'zod'

/** Which requests of a domain are worth a notification. */
export const notificationRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  /** Known once the request is joined; a retry, a branch or a sub-agent begins no conversation. */
  z.object({ kind: z.literal('first') }),
  z.object({ kind: z.literal('errors') }),
  z.object({ kind: z.literal('above-cost'), costUsd: z.number().positive().max(100_000) }),
  z.object({ kind: z.literal('never') }),
])
export type NotificationRule = z.infer<typeof notificationRule>

/** `22:30`. */
export const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'is no time of the day such as 22:30' })

export const quietHours = z
  .object({ from: clockTime, to: clockTime })
  .refine(({ from, to }) => from !== to, { error: 'Quiet hours must end at another time than they begin' })
export type QuietHours = z.infer<typeof quietHours>

export const notificationSettings = z.object({
  isOn: z.boolean(),
  /** For every domain that has no rule of its own. */
  rule: notificationRule,
  /** The domain '' is the requests without one. */
  domainRules: z.array(z.object({ domain: z.string().max(255), rule: notificationRule })).max(200),
  /** By the clock of the chosen zone; over midnight where `from` is later than `to`. */
  quietHours: quietHours.nullable(),
  perMinute: z.number().int().min(1).max(60),
})
export type NotificationSettings = z.infer<typeof notificationSettings>

export const defaultNotifications: NotificationSettings = {
  isOn: true,
  rule: { kind: 'all' },
  domainRules: [],
  quietHours: null,
  perMinute: 4,
}

/** How the desktop app behaves as a guest of the system; a host without the capability ignores its part. */
export const desktopSettings = z.object({
  closesToTray: z.boolean(),
  startsAtLogin: z.boolean(),
  hasShowShortcut: z.boolean(),
})
export type DesktopSettings = z.infer<typeof desktopSettings>

export const defaultDesktop: DesktopSettings = { closesToTray: false, startsAtLogin: false, hasShowShortcut: false }

/** One notification, ready to be shown. Holds figures of the requests and never what was said in them. */
export const appNotification = z.object({
  /** The same for every page that hears of it, so that a system shows it once. */
  id: z.string(),
  title: z.string(),
  body: z.string(),
  /** The screen that a click opens, below `/dashboard/`. */
  path: z.string(),
  isError: z.boolean(),
})
export type AppNotification = z.infer<typeof appNotification>
