/** The keys of every program's find, as this machine's keyboard has them. */
export const findKeys = navigator.platform.startsWith('Mac') ? '⌘ F' : 'Ctrl F'
