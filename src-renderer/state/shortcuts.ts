import { defineStore } from 'pinia'
import { onScopeDispose, shallowReactive } from 'vue'

export interface Shortcut {
  /** One key or two after each other: `?`, `g o`. As `KeyboardEvent.key` spells it. */
  keys: string
  label: string
  /** Heading in the list of shortcuts. */
  group: string
  /** Left out where the component that has the focus handles the key itself; then it is only listed. */
  run?: () => void
}

/** Longest pause between the two keys of a sequence. */
const sequenceMs = 1200

export const useShortcutRegistry = defineStore('shortcuts', () => {
  const shortcuts = shallowReactive(new Set<Shortcut>())
  let prefix = ''
  let prefixAtMs = 0

  /** Runs what the key stands for. Keys typed into a field, and keys with Ctrl, Alt or ⌘, are not ours. */
  function handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyping(event.target) || document.querySelector('[role="dialog"][data-state="open"]')) return
    const sequence = prefix !== '' && event.timeStamp - prefixAtMs < sequenceMs ? `${prefix} ${event.key}` : event.key
    const found = find(sequence) ?? find(event.key)
    prefix = ''
    if (found) {
      event.preventDefault()
      found()
    } else if ([...shortcuts].some((shortcut) => shortcut.keys.startsWith(`${event.key} `))) {
      prefix = event.key
      prefixAtMs = event.timeStamp
    }
  }

  // The last one registered wins: a screen may give a key its own meaning while it is open.
  const find = (keys: string) => [...shortcuts].findLast((each) => each.keys === keys && each.run)?.run

  return { shortcuts, handle }
})

/** Registers shortcuts for as long as the component is there. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  const registry = useShortcutRegistry()
  for (const shortcut of shortcuts) registry.shortcuts.add(shortcut)
  onScopeDispose(() => {
    for (const shortcut of shortcuts) registry.shortcuts.delete(shortcut)
  })
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.matches('input, textarea, select, [role="listbox"] *, [role="menu"] *')
}
