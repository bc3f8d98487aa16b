import type { AlertNotice } from '../../contract/alerts'
import type { AppNotification } from '../../contract/notifications'

/** What is new is said one by one, what was missed in one word. */
export function alertNotifications(notices: readonly AlertNotice[]): AppNotification[] {
  const late = notices.filter(({ isLate }) => isLate)
  const shown: AppNotification[] = notices
    .filter(({ isLate }) => !isLate)
    .map(({ id, name, sentence }) => ({ id, title: name, body: sentence, path: 'alerts', isError: true }))
  const [first] = late
  if (first) {
    const title = late.length === 1 ? first.name : `${late.length} alerts while nobody looked`
    const body = late.length === 1 ? first.sentence : 'The inbox has them with their times.'
    shown.push({ id: first.id, title, body, path: 'alerts', isError: true })
  }
  return shown
}
