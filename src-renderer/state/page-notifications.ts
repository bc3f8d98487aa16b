import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { Router } from 'vue-router'
import type { AppNotification } from '../../src-main/contract/notifications'
import { useHost } from './host'
import { useLive, type NewsEvent } from './live'
import { read, write } from './remembered'
import { useToasts } from './toasts'

/** That the question was asked in this browser; it is asked once, and stands in the settings from then on. */
const askedKey = 'nexus.asked-to-notify'

const disc = '<circle cx="8" cy="8" r="5.5" fill="none" stroke="#5b5bd6" stroke-width="3"/>'
const dot = '<circle cx="12" cy="4" r="4" fill="#d9531e"/>'
const faviconOf = (marks: string): string =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${marks}</svg>`)}`

/**
 * News where the host itself shows none, as in a browser: the page's own notifications, and the number of unread
 * requests for its title and icon. What is worth showing the host has decided.
 */
export const usePageNotifications = defineStore('page-notifications', () => {
  const host = useHost()
  const live = useLive()
  const toasts = useToasts()
  const unread = ref(0)
  const permission = ref<NotificationPermission>('Notification' in window ? Notification.permission : 'denied')
  /** False where the host shows notifications, and where the browser knows none. */
  const isOffered = computed(() => host.info !== null && !host.can('canNotify') && 'Notification' in window)
  let router: Router | undefined

  watch(
    () => unread.value > 0,
    (hasUnread) => {
      const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
      if (icon) icon.href = faviconOf(hasUnread ? disc + dot : disc)
    },
    { immediate: true },
  )

  function receive({ count, notifications }: NewsEvent): void {
    if (host.info === null || host.can('canNotify')) return
    if (notifications.length > 0) askOnce()
    // What is in front of the user needs no notification.
    if (document.hasFocus()) return
    unread.value += count
    if (permission.value === 'granted') notifications.forEach(show)
  }

  function show({ id, title, body, path }: AppNotification): void {
    try {
      // Every tab shows it under the same tag, so the system shows it once.
      const notification = new Notification(title, { body, tag: id })
      notification.addEventListener('click', () => {
        window.focus()
        notification.close()
        void router?.push(`/${path}`)
      })
    } catch {
      // Some browsers of phones know the permission and refuse the notification: title and icon still tell.
      permission.value = 'denied'
    }
  }

  function askOnce(): void {
    if (!isOffered.value || permission.value !== 'default' || read(askedKey) !== null) return
    write(askedKey, new Date().toISOString())
    toasts.show('New requests came in', {
      text: 'Be told of them while you look elsewhere? What is told is in the settings.',
      action: { label: 'Show notifications', run: () => void ask() },
    })
  }

  /** Lets the browser ask. Browsers ask upon a click alone. */
  async function ask(): Promise<void> {
    permission.value = await Notification.requestPermission()
  }

  /** Listens until the returned function is called. */
  function start(ownRouter: Router): () => void {
    router = ownRouter
    const clear = (): void => void (unread.value = 0)
    const stop = live.onNews(receive)
    window.addEventListener('focus', clear)
    return () => {
      stop()
      window.removeEventListener('focus', clear)
    }
  }

  return { unread, permission, isOffered, ask, start }
})
